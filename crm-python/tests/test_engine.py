"""The engine from Python: files, sessions, commands, records, lists, journal, due work, errors."""

from __future__ import annotations

import datetime as dt
import pickle
import threading
from decimal import Decimal

import pytest

import crm
from crm import errors, records, types

MORNING = dt.datetime(2026, 3, 1, 8, tzinfo=dt.timezone.utc)


@pytest.fixture
def engine():
    with crm.open_in_memory(now=MORNING) as engine:
        yield engine


@pytest.fixture
def lead(engine):
    draft = types.LeadDraft(
        name="夏铁军",
        company="温州筠野光电有限公司",
        phones=["180 0000 9549"],
        product_interest=["MES"],
        budget=crm.Money("120000", "CNY"),
        decision_on=dt.date(2026, 6, 30),
    )
    captured = engine.lead.capture(draft, channel="")
    assert captured.outcome is types.CaptureOutcome.TAKEN
    return engine.lead.get(captured.lead)


def test_a_lead_becomes_a_customer_and_a_deal(engine, lead):
    assert type(lead) is records.Lead and lead.KIND == "lead"
    assert lead.name == "夏铁军" and lead.state == "new"
    assert lead.phones == [records.ContactPoint("180 0000 9549", "+8618000009549")]
    assert lead.budget == crm.Money(120000, "CNY") and lead.decision_on == dt.date(2026, 6, 30)
    assert lead.created_at == MORNING
    converted = engine.lead.convert(lead, deal_name="MES 项目")
    deal = engine.opportunity.get(converted.opportunity)
    assert (deal.name, deal.customer) == ("MES 项目", converted.customer)
    moved = engine.opportunity.advance(deal, to="proposal", revision=deal.revision)
    assert engine.opportunity.get(deal.id).state == "proposal"
    assert isinstance(moved, types.Moved)
    assert engine.title(converted.customer) == "温州筠野光电有限公司"


def test_a_command_is_data_too(engine, lead):
    converted = engine.execute("lead.convert", {"lead": lead})
    assert set(converted) >= {"customer", "contact", "opportunity"}
    fields = {"amount": crm.Money("12.50", "CNY"), "close_on": dt.date(2026, 5, 1), "name": "null"}
    engine.execute("record.update", {"record": converted["opportunity"], "fields": fields})
    deal = engine.get(converted["opportunity"])
    assert deal.amount == crm.Money("12.50", "CNY") and deal.close_on == dt.date(2026, 5, 1)
    assert str(deal.amount) == "12.50 CNY" and deal.name == "null"
    engine.record.update(deal, {"name": "again"}, revision=deal.revision)
    assert engine.get(deal.id).name == "again"


def test_the_same_key_runs_once_and_a_dry_run_never(engine):
    draft = {"name": "李雷"}
    first = engine.execute("lead.capture", {"lead": draft}, key="form-1")
    again = engine.execute("lead.capture", {"lead": draft}, key="form-1")
    assert first == again and engine.lead.count() == 1
    engine.execute("lead.capture", {"lead": {"name": "韩梅梅"}}, dry_run=True)
    assert engine.lead.count() == 1
    with pytest.raises(errors.InvalidError):
        engine.execute("lead.capture", {"lead": {"name": "韩梅梅"}}, key="form-1")


def customers(engine, count):
    for number in range(count):
        engine.record.create("customer", {"name": f"客户{number:03d}", "employees": number})


def test_lists_by_keywords_text_and_page(engine):
    customers(engine, 30)
    room = engine.customer
    assert room.count() == 30 == len(list(room))
    assert [c.name for c in room.list(employees__ge=28, sort="-employees")] == ["客户029", "客户028"]
    assert room.count("员工人数 < 3 or name contains '029'") == 4
    assert room.count("员工人数 < 3 or name contains '029'", employees__ne=1) == 3
    assert room.count(employees__in=[1, 2, 99]) == 2
    assert room.count(industry=None) == 30 and room.count(industry__ne=None) == 0
    assert room.count(name='a "quoted" \\ name') == 0
    listed = room.list(sort="employees", limit=7)
    listed.page_size = 3
    assert [c.employees for c in listed] == list(range(7))
    items, end = listed.page(5)
    rest, _ = listed.page(5, end)
    assert [c.employees for c in rest] == [5, 6, 7, 8, 9]
    assert room.list(employees=3).first().name == "客户003" and room.list(employees=99).first() is None
    assert set(room.list(employees=3).explain()) == {"index", "stretches", "ordered", "scoped"}
    assert "客户003" in room.list(employees=3)._repr_html_()
    with pytest.raises(errors.InvalidError) as raised:
        room.count(emploees=3)
    assert raised.value.code == "filter.invalid" and "employees" in str(raised.value)
    with pytest.raises(errors.InvalidError):
        room.count("name =")


def test_a_list_as_columns(engine, lead):
    polars = pytest.importorskip("polars")
    converted = engine.lead.convert(lead)
    frame = engine.opportunity.list().to_polars()
    row = frame.row(0, named=True)
    assert row["id"] == converted.opportunity and row["customer"] == converted.customer
    assert (row["amount"], row["amount_currency"]) == (Decimal("120000.0000"), "CNY")
    assert row["created_at"] == MORNING
    assert frame.schema["created_at"] == polars.Datetime("us", "UTC")
    some = engine.opportunity.list().to_polars(["state", "name"])
    assert some.columns == ["id", "state", "name"] and some["state"][0] == "first_talk"
    # Nothing there is still columns.
    none = engine.opportunity.list(amount__gt=10**9).to_arrow()
    assert len(none) == 0 and "amount" in none.column_names
    phones = engine.lead.list().to_polars(["phones", "budget", "decision_on"])
    assert phones.row(0)[1:] == (["+8618000009549"], Decimal("120000.0000"), "CNY", dt.date(2026, 6, 30))
    assert engine.lead.list().to_pandas(["name"])["name"][0] == "夏铁军"
    with pytest.raises(errors.InvalidError):
        engine.lead.list().to_arrow(["nothing"])


def test_a_list_as_columns_keeps_its_order_and_its_limit(engine):
    polars = pytest.importorskip("polars")
    customers(engine, 30)
    for sort in (["-employees"], ["industry", "-name"], ["name"], ["-id"]):
        for limit in (None, 7, 0):
            listed = engine.customer.list(employees__ge=10, sort=sort, limit=limit)
            wanted = [customer.name for customer in listed]
            assert listed.to_polars(["name"])["name"].to_list() == wanted and len(wanted) == (
                20 if limit is None else limit
            )
    some = engine.customer.list(employees__ge=10, limit=5)
    assert some.to_polars(["name"])["name"].to_list() == [customer.name for customer in some]
    # A list is a frame for whoever takes Arrow streams.
    frame = polars.DataFrame(engine.customer.list(sort="-employees", limit=2))
    assert frame["employees"].to_list() == [29, 28]


def test_records_are_values(engine, lead):
    with pytest.raises(AttributeError, match="by a command"):
        lead.name = "夏铁"
    engine.record.update(lead, {"name": "夏铁"})
    assert lead.name == "夏铁军" and engine.lead.get(lead).name == engine.get(lead).name == "夏铁"
    assert pickle.loads(pickle.dumps(lead)) == lead
    told = list(lead.to_dict())
    assert told[:4] == ["id", "revision", "created_at", "name"] and told.index("name") < told.index("budget")
    html = engine.lead.list()._repr_html_()
    assert "+8618000009549" in html and "created_at" not in html


def test_rows_within_records_are_structs(engine):
    polars = pytest.importorskip("polars")
    product = engine.record.create("product", {"name": "MES", "code": "M1", "tags": ["软件", "云"]})
    lines = [
        {"product": product, "name": "MES", "quantity": Decimal("2"), "unit_price": crm.Money("10.12", "CNY")},
        {"name": "培训", "quantity": Decimal(1)},
    ]
    deal = engine.record.create("opportunity", {"name": "甲", "lines": lines})
    none = engine.record.create("opportunity", {"name": "乙"})
    frame = engine.opportunity.list(sort="name").to_polars(["lines", "spent"])
    rows = dict(zip(frame["id"], frame["lines"].to_list(), strict=True))
    assert rows[none] == [] and [row["name"] for row in rows[deal]] == ["MES", "培训"]
    first, second = rows[deal]
    assert (first["product"], second["product"]) == (product, None)
    assert (first["unit_price"], first["unit_price_currency"]) == (Decimal("10.12"), "CNY")
    assert second["unit_price"] is None and frame["spent"][0].struct.fields == ["state", "time"]
    assert frame["spent"][0].struct["time"].dtype == polars.Duration("us")
    assert engine.product.list().to_polars(["tags"])["tags"].to_list() == [["软件", "云"]]
    # Rows as they are told can be given again.
    told = engine.opportunity.get(deal).lines
    assert told[0]["unit_price"] == crm.Money("10.12", "CNY")
    engine.record.update(none, {"lines": told[:1]})
    assert engine.opportunity.get(none).lines == told[:1]
    with pytest.raises(errors.InvalidError, match="`lines` has no column `price`"):
        engine.record.update(none, {"lines": [{"price": 1}]})


def test_sessions_see_what_their_actor_sees(engine, lead):
    clerk = engine.user.create(login="lilei", name="李雷")
    with engine.session(clerk) as session:
        assert session.lead.count() == 0
        with pytest.raises(errors.NotFoundError) as raised:
            session.get(lead.id)
        assert (raised.value.kind, raised.value.id) == ("lead", lead.id)
        assert isinstance(raised.value, LookupError)
        with pytest.raises(errors.CrmError):
            session.lead.capture({"name": "x"})
        assert len(session.lead.list().to_arrow()) == 0
    with pytest.raises(errors.InvalidError) as raised:
        engine.session(lead).lead.count()
    assert raised.value.code == "actor.kind"
    assert engine.why("read", lead) == (True, ["the actor may do everything"])


def test_journal_feed_and_the_past(engine, lead):
    engine.now = MORNING + dt.timedelta(days=1)
    assert engine.now == MORNING + dt.timedelta(days=1)
    engine.record.update(lead, {"name": "夏铁"})
    latest = next(engine.journal(lead))
    assert latest.change == "updated" and latest.action == "record.update" and latest.actor == "system"
    (change,) = [field for field in latest.fields if field.field == "name"]
    assert (change.old, change.new) == ("夏铁军", "夏铁")
    feed = list(engine.changes())
    assert [change.position for change in feed] == sorted(change.position for change in feed)
    assert list(engine.changes(after=feed[-1].position)) == [] and feed[-1].position == engine.position
    assert len(list(engine.changes(limit=1))) == 1
    assert engine.as_of(MORNING).lead.get(lead.id).name == "夏铁军"
    assert engine.as_of(MORNING - dt.timedelta(days=1)).lead.count() == 0


def test_due_work_is_done_once(engine, lead):
    owner = engine.user.create(login="lilei", name="李雷")
    reminder = MORNING + dt.timedelta(hours=2)
    task = engine.task.create(
        "回电", owner=owner, reminder_at=reminder, due_at=reminder + dt.timedelta(hours=1), about=lead
    )
    assert engine.next_due() == reminder
    assert engine.run_due().done == 0
    engine.now = reminder
    report = engine.run_due()
    assert report.done >= 1 and report.failed == ()
    assert engine.run_due().done == 0
    assert engine.notification.list().first() is not None
    assert engine.task.get(task).subject == "回电"


@pytest.mark.parametrize(
    ("error", "code", "run"),
    [
        (errors.InvalidError, "command.unknown", lambda e: e.execute("lead.captre", {})),
        (errors.InvalidError, "command.malformed", lambda e: e.execute("lead.capture", {"led": {}})),
        (errors.InvalidError, "query.kind", lambda e: list(crm.Engine.session(e, None)._fields("cat"))),
        (errors.InvalidError, "value.type", lambda e: e.get("lead")),
        (errors.InvalidError, "value.type", lambda e: e.customer.get(e.lead.capture({"name": "甲"}).lead)),
        (errors.InvalidError, "view.unknown", lambda e: e.view("clouds")),
        (errors.InvalidError, "filter.invalid", lambda e: e.view("funnel", {"filter": "x ="})),
        (errors.NotFoundError, "record.not_found", lambda e: e.lead.get("lead_00000000000000000000000000")),
        (errors.RefusedError, None, lambda e: e.opportunity.advance(deal(e), to="lost")),
        (errors.StaleError, "record.stale", lambda e: stale(e)),
        (errors.InvalidError, "engine.in_memory", lambda e: e.backup("nowhere")),
    ],
)
def test_errors_are_a_tree(engine, error, code, run):
    with pytest.raises(error) as raised:
        run(engine)
    assert isinstance(raised.value, crm.CrmError)
    assert code is None or raised.value.code == code
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (type(copy), copy.code, str(copy)) == (error, raised.value.code, str(raised.value))


def deal(engine):
    lead = engine.lead.capture({"name": "甲", "company": "乙"}).lead
    return engine.lead.convert(lead, deal_name="丙").opportunity


def stale(engine):
    at = engine.opportunity.get(deal(engine))
    engine.record.update(at, {"name": "一"}, revision=at.revision)
    try:
        engine.record.update(at, {"name": "二"}, revision=at.revision)
    except errors.StaleError as error:
        assert (error.given, error.current, error.record) == (at.revision, at.revision + 1, at.id)
        raise


def test_instants_have_a_zone(engine):
    with pytest.raises(ValueError, match="no time zone"):
        engine.as_of(dt.datetime(2026, 3, 1))
    shanghai = dt.timezone(dt.timedelta(hours=8))
    engine.now = dt.datetime(2026, 3, 1, 20, tzinfo=shanghai)
    assert engine.now == dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)
    with crm.open_in_memory() as running, pytest.raises(errors.InvalidError):
        running.now = MORNING


def test_a_file_is_opened_once_closed_verified_and_backed_up(tmp_path):
    path = tmp_path / "crm.redb"
    with crm.open(path) as engine:
        engine.lead.capture({"name": "李雷"})
        with pytest.raises(errors.StoreError) as raised:
            crm.open(path)
        assert raised.value.code == "store.in_use"
        engine.backup(tmp_path / "copy.redb")
        found = engine.verify()
        assert found.is_clean and found.records == {"lead": 1}
        assert engine.repair() == 0
    assert engine.closed and "closed" in repr(engine)
    with pytest.raises(errors.InvalidError):
        engine.lead.count()
    for file in (path, tmp_path / "copy.redb"):
        with crm.open(file) as engine:
            assert engine.lead.count() == 1
    (tmp_path / "text").write_text("not a store" * 1000)
    with pytest.raises(errors.StoreError):
        crm.open(tmp_path / "text")


def test_csv_comes_in_row_by_row(engine, tmp_path):
    file = tmp_path / "staff.csv"
    file.write_text("登录名,姓名\nlilei,李雷\nhanmei,韩梅梅\n,没有登录名\n", encoding="utf-8")
    seen = []
    report = engine.import_csv("user", file, progress=lambda rows, rejected, read: seen.append((rows, rejected)))
    assert (report.created, report.rejected) == (2, 1) and seen[-1] == (3, 1)
    assert report.rejections[0]["line"] == 4 if "line" in report.rejections[0] else report.rejections
    assert engine.import_csv("user", file, dry_run=True).unchanged == 2

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.import_csv("user", file, source="again", progress=stop)
    with pytest.raises(OSError):
        engine.import_csv("user", tmp_path / "nothing.csv")


def test_many_threads_write_and_read(tmp_path):
    with crm.open(tmp_path / "crm.redb") as engine:
        failed = []

        def work(number):
            try:
                for turn in range(10):
                    engine.record.create("customer", {"name": f"客户{number}-{turn}"})
                    engine.customer.count()
            except BaseException as error:  # noqa: BLE001
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == [] and engine.customer.count() == 60 and engine.verify().is_clean


def test_custom_fields_are_attributes_and_columns(engine):
    choices = [{"code": "gold", "en": "Gold", "zh": "金"}, {"code": "tin", "en": "Tin", "zh": "锡"}]
    engine.field.define("customer", "tier", ty="choice", zh="等级", choices=choices)
    made = engine.record.create("customer", {"name": "甲", "tier": "金"})
    assert engine.customer.get(made).tier == "gold"
    assert engine.customer.list(tier="gold").to_arrow(["tier", "name"]).column_names == ["id", "tier", "name"]
    tier = engine.customer.fields()[-1]
    assert (tier["name"], tier["zh"], tier["type"]) == ("tier", "等级", "choice")


def test_money_is_exact_and_of_one_currency():
    assert crm.Money("0.10", "CNY") + crm.Money("0.20", "CNY") == crm.Money("0.30", "CNY")
    assert 3 * crm.Money(2, "CNY") - crm.Money(1, "CNY") == crm.Money(5, "CNY")
    with pytest.raises(ValueError, match="different currencies"):
        crm.Money(1, "CNY") + crm.Money(1, "USD")


def test_long_lists_come_in_lots_that_fit_together(engine, tmp_path):
    polars = pytest.importorskip("polars")
    rows = 8_300
    file = tmp_path / "deals.csv"
    # The last amount needs more decimals than those of the lots before it.
    amounts = [f"{n}.5 CNY" for n in range(rows - 1)] + ["0.123456 CNY"]
    polars.DataFrame({"name": [f"商机{n}" for n in range(rows)], "amount": amounts}).write_csv(file)
    assert engine.import_csv("opportunity", file).created == rows
    frame = engine.opportunity.list().to_polars(["amount", "name", "state"])
    assert frame.height == rows and frame.schema["amount"] == polars.Decimal(38, 6)
    found = dict(zip(frame["name"].to_list(), frame["amount"].to_list(), strict=True))
    assert found == {f"商机{n}": Decimal(amount.split()[0]) for n, amount in enumerate(amounts)}
    assert frame["state"].n_unique() == 1
