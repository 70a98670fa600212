"""Frames in and out: any library, any type that a column may have, and errors that name column and row."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest

import crm
from crm import errors

polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")

PURCHASES = {
    "customer_id": [7, 7, 9, 8],
    "date": [dt.date(2026, 1, 5), dt.date(2026, 2, 1), dt.date(2026, 1, 20), dt.date(2026, 1, 20)],
    "amount": [20.0, 35.5, 12.25, 0.1],
}


def found(frame, **asked):
    return crm.to_dict(crm.rfm(frame, segments=None, **asked).customers)


def test_what_comes_back_is_of_the_library_that_was_given(make):
    frame = make(PURCHASES)
    result = crm.rfm(frame).customers
    assert type(result) is type(frame)
    rows = crm.to_dict(result)
    assert rows["customer_id"] == [7, 8, 9]
    assert rows["monetary"] == [55.5, 0.1, 12.25]
    assert rows["recency"] == [1, 13, 13]
    # pandas has no days: its own instants stand for them.
    assert str(rows["last_purchase"][0])[:10] == "2026-02-01"


def test_a_lazy_frame_is_collected():
    assert type(crm.rfm(polars.LazyFrame(PURCHASES)).customers) is polars.DataFrame


def test_columns_without_any_library_come_back_as_a_table():
    table = crm.rfm(PURCHASES).customers
    assert type(table) is crm.Table
    assert len(table) == 3 and table.num_rows == 3 and "customer_id" in repr(table)
    # A table can be read again and again.
    assert crm.to_dict(table) == crm.to_dict(table)


@pytest.mark.parametrize(
    ("ids", "type_"),
    [
        ([7, 7, 9, 8], pyarrow.int64()),
        ([7, 7, 9, 8], pyarrow.int8()),
        ([7, 7, 9, 8], pyarrow.uint64()),
        (["c7", "c7", "c9", "c8"], pyarrow.string()),
        (["c7", "c7", "c9", "c8"], pyarrow.large_string()),
        (["c7", "c7", "c9", "c8"], pyarrow.string_view()),
        (["a customer of a long name 7"] * 2 + ["a customer of a long name 9", "客户八"], pyarrow.string()),
    ],
)
def test_ids_of_any_type_come_back_as_they_are(ids, type_):
    table = pyarrow.table(PURCHASES | {"customer_id": pyarrow.array(ids, type_)})
    customers = crm.rfm(table, segments=None).customers
    assert customers.schema.field("customer_id").type == type_
    assert customers.column("customer_id").to_pylist() == sorted(
        set(ids), key=lambda id: id if isinstance(id, int) else id.encode()
    )
    summary = crm.rfm_summary(table)
    assert summary.schema.field("customer_id").type == type_
    assert summary.column("customer_id").to_pylist() == customers.column("customer_id").to_pylist()


def test_ids_may_be_categories():
    ids = pyarrow.array(["c7", "c7", "c9", "c8"]).dictionary_encode()
    customers = crm.rfm(pyarrow.table(PURCHASES | {"customer_id": ids})).customers
    assert customers.column("customer_id").to_pylist() == ["c7", "c8", "c9"]


SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("dates", "asked", "expected"),
    [
        (["2026-01-05", "2026-02-01T23:59:00", "2026-01-20 08:00", "2026/1/20"], {}, dt.date(2026, 2, 1)),
        (pyarrow.array([1, 2, 3, 4], pyarrow.date64()), {}, dt.date(1970, 1, 1)),
        (pyarrow.array([-1, -1, -1, -1], pyarrow.timestamp("s")), {}, dt.date(1969, 12, 31)),
        # 17:00 in London is the next day in Shanghai.
        (pyarrow.array([61_200] * 4, pyarrow.timestamp("s", "UTC")), {}, dt.date(1970, 1, 1)),
        (pyarrow.array([61_200] * 4, pyarrow.timestamp("s", SHANGHAI)), {}, dt.date(1970, 1, 2)),
        (pyarrow.array([61_200] * 4, pyarrow.timestamp("s", "+08:00")), {}, dt.date(1970, 1, 2)),
        (pyarrow.array([61_200] * 4, pyarrow.timestamp("s", "UTC")), {"time_zone": SHANGHAI}, dt.date(1970, 1, 2)),
        # One without a zone stands as it is.
        (pyarrow.array([61_200] * 4, pyarrow.timestamp("ms")), {"time_zone": SHANGHAI}, dt.date(1970, 1, 1)),
        # The night in which clocks go forward, in the zone of the one who looks.
        (
            pyarrow.array([1_774_749_599] * 4, pyarrow.timestamp("s", "Europe/Berlin")),
            {},
            dt.date(2026, 3, 29),
        ),
    ],
)
def test_days_of_any_type(dates, asked, expected):
    days = found(pyarrow.table(PURCHASES | {"date": dates}), **asked)["last_purchase"]
    assert max(days) == expected


@pytest.mark.parametrize(
    ("amounts", "sums"),
    [
        ([20, 35, 12, 0], [55, 0, 12]),
        (pyarrow.array([20, 35, 12, 0], pyarrow.uint8()), [55, 0, 12]),
        (
            [Decimal("0.10"), Decimal("0.20"), Decimal("1.5"), Decimal(0)],
            [Decimal("0.30"), Decimal(0), Decimal("1.50")],
        ),
        (
            pyarrow.array([Decimal("0.1")] * 4, pyarrow.decimal256(50, 3)),
            [Decimal("0.200"), Decimal("0.1"), Decimal("0.1")],
        ),
        (pyarrow.array([Decimal(1200)] * 4, pyarrow.decimal128(5, -2)), [2400, 1200, 1200]),
        (pyarrow.array([1.5, 2.5, 0.25, 0.0], pyarrow.float32()), [4.0, 0.0, 0.25]),
        # Floats are summed as cents: a tenth and two are three.
        ([0.1, 0.2, 0.3, 0.7], [0.3, 0.7, 0.3]),
    ],
)
def test_amounts_of_any_type_are_summed_exactly(amounts, sums):
    assert found(pyarrow.table(PURCHASES | {"amount": amounts}))["monetary"] == sums


def nulls(values):
    return [*values[:-1], None]


@pytest.mark.parametrize(
    ("change", "asked", "code", "column", "row"),
    [
        ({}, {"customer_id_col": "who"}, "column.missing", "who", None),
        ({"customer_id": [1.0, 2.0, 3.0, 4.0]}, {}, "column.type", "customer_id", None),
        ({"customer_id": nulls([1, 2, 3, 4])}, {}, "column.null", "customer_id", 3),
        ({"customer_id": pyarrow.array([1, 2**63, 3, 4], pyarrow.uint64())}, {}, "column.range", "customer_id", 1),
        ({"date": [1, 2, 3, 4]}, {}, "column.type", "date", None),
        ({"date": nulls(PURCHASES["date"])}, {}, "column.null", "date", 3),
        ({"date": ["2026-01-01", "soon", "2026-01-01", ""]}, {}, "column.date", "date", 1),
        ({"date": pyarrow.array([0, -719_163, 0, 0], pyarrow.date32())}, {}, "column.range", "date", 1),
        ({"date": pyarrow.array([0, 0, 2**62, 0], pyarrow.timestamp("s"))}, {}, "column.range", "date", 2),
        ({"date": pyarrow.array([0, 0, 2**62, 0], pyarrow.timestamp("s", "UTC"))}, {}, "column.range", "date", 2),
        ({"amount": ["1", "2", "3", "4"]}, {}, "column.type", "amount", None),
        ({"amount": nulls([1.0, 2.0, 3.0, 4.0])}, {}, "column.null", "amount", 3),
        ({"amount": [1.0, float("nan"), 3.0, 4.0]}, {}, "column.nan", "amount", 1),
        ({"amount": [1.0, 2.0, float("inf"), 4.0]}, {}, "column.nan", "amount", 2),
        ({"amount": [1.0, 2.0, 1e300, 4.0]}, {}, "column.range", "amount", 2),
        (
            {"amount": pyarrow.array([Decimal(10) ** 40] * 4, pyarrow.decimal256(50, 0))},
            {},
            "column.range",
            "amount",
            0,
        ),
        ({"amount": [5.0, -1.0, 3.0, 4.0]}, {}, "column.negative", "amount", 1),
        ({"currency": ["CNY", "CNY", "USD", "CNY"]}, {"currency_col": "currency"}, "column.currency", "currency", 2),
        ({"currency": nulls(["CNY"] * 4)}, {"currency_col": "currency"}, "column.null", "currency", 3),
    ],
)
def test_a_column_that_cannot_be_used_is_named_with_its_first_wrong_row(change, asked, code, column, row):
    table = pyarrow.table(PURCHASES | change)
    with pytest.raises(errors.ColumnError) as raised:
        crm.rfm(table, **asked)
    error = raised.value
    assert (error.code, error.column, error.row) == (code, column, row)
    assert column in str(error)
    # Rows are counted over all batches.
    batches = pyarrow.concat_tables([table.slice(0, 1), table.slice(1, 2), table.slice(3)])
    with pytest.raises(errors.ColumnError) as raised:
        crm.rfm(batches, **asked)
    assert (raised.value.code, raised.value.row) == (code, row)


def test_returns_are_taken_when_they_are_expected():
    rows = found(PURCHASES | {"amount": [20.0, -5.0, 1.0, 1.0]}, returns=True)
    assert rows["monetary"] == [15.0, 1.0, 1.0]


def test_one_currency_is_told():
    frame = PURCHASES | {"currency": ["CNY"] * 4}
    assert crm.rfm(frame, currency_col="currency").currency == "CNY"


@pytest.mark.parametrize("given", [3, "text", None, object(), [1, 2]])
def test_what_is_no_frame_is_said_to_be_none(given):
    with pytest.raises(errors.InvalidError) as raised:
        crm.rfm(given)
    assert raised.value.code == "frame.not_arrow"


@pytest.mark.parametrize("given", [polars.Series([1, 2]), pyarrow.chunked_array([[1, 2]])])
def test_a_column_alone_is_no_frame(given):
    with pytest.raises(errors.InvalidError, match="is not a table's") as raised:
        crm.rfm(given)
    assert raised.value.code == "frame.unreadable"


def test_a_stream_that_fails_is_told():
    def batches():
        yield pyarrow.record_batch(PURCHASES)
        raise RuntimeError("the disk is gone")

    schema = pyarrow.record_batch(PURCHASES).schema
    reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(errors.InvalidError, match="the disk is gone") as raised:
        crm.rfm(reader)
    assert raised.value.code == "frame.unreadable"


def test_empty_frames_are_frames():
    empty = pyarrow.table(PURCHASES).slice(0, 0)
    assert len(crm.rfm(empty).customers) == 0
    assert len(crm.rfm_summary(empty)) == 0
    with pytest.raises(errors.ColumnError):
        crm.rfm(pyarrow.table({}))


def test_nothing_is_copied_on_the_way():
    numbers = pyarrow.array(range(1000), pyarrow.int64())
    table = crm.Table.from_arrow(pyarrow.table({"n": numbers}))
    back = pyarrow.table(table).column("n").chunk(0)
    assert back.buffers()[1].address == numbers.buffers()[1].address


def test_many_threads_at_once():
    frame = polars.DataFrame(PURCHASES)
    wanted, answers = found(frame), []

    def work():
        answers.extend(found(frame) == wanted for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 400
