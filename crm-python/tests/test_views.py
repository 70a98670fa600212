"""Views and analyses of stored records: typed values that are frames where they are tables."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
from decimal import Decimal

import pytest

import crm
from crm import _crm, records, types

NOW = dt.datetime(2026, 3, 1, 8, tzinfo=dt.timezone.utc)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def engine():
    """Fourteen customers and 90 deals: of each five one is open, the others were decided a day after they came."""
    with crm.open_in_memory(now=NOW - 400 * DAY) as engine:
        customers = [engine.record.create("customer", {"name": f"客户{n}"}) for n in range(14)]
        for n in range(90):
            engine.now = NOW - 400 * DAY + (4 * n + 1) * DAY
            fields = {
                "name": f"商机{n}",
                "customer": customers[n % 14],
                "amount": crm.Money(1000 + n % 7, "CNY"),
            }
            deal = engine.record.create("opportunity", fields)
            engine.now += DAY
            if n % 5 == 3:
                engine.opportunity.advance(deal, to="lost", reason="price")
            elif n % 5 < 3:
                engine.opportunity.advance(deal, to="won")
        engine.now = NOW
        yield engine


def won(engine):
    return engine.opportunity.list(state="won")


def test_every_view_has_a_method(engine):
    by_hand = {"customer_view", "timeline"}
    for view in _crm.views():
        assert hasattr(engine if view in by_hand else engine.insight, view)


def test_rfm_is_rows_and_a_frame(engine):
    found = engine.insight.rfm(segments="eight_cells", filter="amount > 0")
    assert type(found) is types.RfmView and found.as_of == dt.date(2026, 3, 1)
    assert sum(row.purchases for row in found.customers) == won(engine).count() == 54
    assert found.customers[0].money.currency == "CNY" and type(found.segments[0].segment) is types.Segment
    frame = pytest.importorskip("polars").DataFrame(found.customers.to_arrow())
    assert frame["money"].sum() == sum(deal.amount.amount for deal in won(engine))
    assert frame.equals(found.customers.to_polars()) and frame.columns[-2:] == ["score", "segment"]
    # What holds another value has the names of both; a list within a row is a list of plain values.
    assert found.segments.to_arrow().column_names[:3] == ["segment_code", "segment_en", "segment_zh"]
    assert crm.to_dict(found.customers)["scores"][0] == list(found.customers[0].scores)
    assert list(found.customers.to_pandas()["name"]) == [row.name for row in found.customers]


def test_the_same_view_is_there_as_data(engine):
    typed, told = engine.insight.funnel(), engine.view("funnel")
    assert [stage.step.reached for stage in typed.stages] == [stage["step"]["reached"] for stage in told["stages"]]
    assert typed.figures.won_value == Decimal(told["figures"]["won_value"])
    assert typed.figures.mean_cycle == DAY and typed.reasons["price"].lost == 18
    assert typed.velocity.from_.tzinfo is dt.timezone.utc
    assert "reached" in typed._repr_html_() and engine.view("priorities", {"filter": "amount > 9999"}) == []


def test_forecasts_and_what_became_of_them(engine):
    forecast = engine.insight.forecast(days=30, target=crm.Money(5000, "CNY"))
    assert forecast.all.target == crm.Money(5000, "CNY") and forecast.from_ == dt.date(2026, 3, 2)
    assert forecast.deals[0].category is types.Category.PIPELINE
    assert len(forecast.deals) == 18 == forecast.deals.to_polars().height
    # What is flat in the engine's data is flat here too.
    assert forecast.owners[0].owner is None and forecast.owners[0].pipeline == forecast.all.pipeline
    assert [one.until.month for one in engine.insight.forecast_periods("month", 2)] == [3, 4]
    test = engine.insight.forecast_test([dt.date(2025, 10, 1)], days=30)
    assert [trial.as_of for trial in test.trials] == [dt.date(2025, 10, 1)]
    kept = engine.insight.keep_forecast("三月", days=30)
    assert type(engine.get(kept)) is records.Forecast and engine.insight.judge_forecasts().pending == 1


def test_what_changed_in_the_pipeline(engine):
    change = engine.insight.pipeline_change(NOW - 100 * DAY)
    assert change.before + sum(part.by for part in change.parts.values()) == change.after
    assert {row.way for row in change.changes} == {types.Way.NEW}


def test_customers_that_may_leave(engine):
    angry = engine.customer.list(name="客户2").first()
    risks = engine.insight.churn_risks(least_risk=0.0, complaints={angry: 3})
    assert risks.judged == 14 == len(risks.customers)
    (row,) = [row for row in risks.customers if row.customer == angry.id]
    ((reason, weight),) = row.reasons
    assert reason is types.Reason.COMPLAINTS and weight > 0
    assert [row for row in crm.to_dict(risks.customers)["reasons"] if row][0][0] == {
        "field_0": "complaints",
        "field_1": weight,
    }
    values = engine.insight.lifetime_values(family="nbd")
    assert next(iter(values.fit.model)) == "nbd" and values.customers[0].alive == 1.0


def test_no_rows_still_have_columns(engine):
    levels = engine.insight.activity_levels()
    assert levels == [] and levels.to_arrow().column_names[:2] == ["customer", "level"]
    names = [field.name for field in dataclasses.fields(types.Card)]
    names.insert(names.index("amount") + 1, "amount_currency")
    assert crm.Rows([], types.Card).to_arrow().column_names == names
    assert crm.Rows([], types.FunnelStage).to_arrow().column_names[2:4] == ["step_stage", "step_reached"]


def test_the_board_and_a_customer_from_all_sides(engine):
    board = engine.board(cards=2, filter="amount > 1000")
    assert [column.stage for column in board.columns][0] == "first_talk"
    assert len(board.columns[0].cards) == 2 and type(board.columns[0].cards[0].amount) is crm.Money
    assert board.columns.to_polars()["amount_currency"].unique().to_list() == ["CNY"]
    customer = engine.customer.list(name="客户7").first()
    view = engine.customer_view(customer)
    assert view.customer == customer and view.contacts == [] and view.last_activity is None
    assert {deal.customer for deal in view.opportunities} == {customer.id}
    logged = engine.activity.log(customer, "call", subject="回访")
    later = engine.customer_view(customer.id)
    assert later.last_activity.id == logged.activity and type(later.last_activity) is records.Activity


def test_a_timeline_goes_on_where_it_ended(engine):
    customer = engine.customer.list(name="客户3").first()
    whole = engine.timeline(customer, limit=500)
    assert whole.end is None and len(whole.items) > 6
    items, page = [], engine.timeline(customer, limit=4)
    items.extend(page.items)
    while page.end is not None:
        page = engine.timeline(customer, before=page.end, limit=4)
        items.extend(page.items)
    assert items == whole.items


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (crm.errors.InvalidError, lambda e: e.insight.funnel(filter="x =")),
        (crm.errors.InvalidError, lambda e: e.insight.rfm(rule={"ranks": 5})),
        (crm.errors.InvalidError, lambda e: e.view("funnel", {"pipe": "x"})),
        (crm.errors.InvalidError, lambda e: e.view("clouds")),
        (crm.errors.InvalidError, lambda e: e.insight.forecast_periods("fortnight", 2)),
        (crm.errors.NotFoundError, lambda e: e.customer_view("customer_00000000000000000000000000")),
    ],
)
def test_what_cannot_be_asked(engine, error, ask):
    with pytest.raises(error):
        ask(engine)


def test_names_are_where_the_package_says():
    for module, names in crm._WHERE.items():
        exported = importlib.import_module(f"crm.{module}").__all__
        assert set(names) <= set(exported) and (module == "errors" or set(names) == set(exported))
