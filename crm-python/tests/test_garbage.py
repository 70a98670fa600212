"""Arrow data of any shape: an answer or one of our exceptions, never a panic, and no memory kept."""

from __future__ import annotations

import gc
import os
import resource
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm

pyarrow = pytest.importorskip("pyarrow")

ROWS = int(os.environ.get("CRM_FUZZ", "150"))
small = settings(max_examples=ROWS, deadline=None, suppress_health_check=list(HealthCheck))

TYPES = [
    *(
        pyarrow.int8(),
        pyarrow.uint16(),
        pyarrow.int64(),
        pyarrow.uint64(),
        pyarrow.float16(),
        pyarrow.float32(),
        pyarrow.float64(),
    ),
    *(
        pyarrow.string(),
        pyarrow.large_string(),
        pyarrow.string_view(),
        pyarrow.binary(),
        pyarrow.binary(4),
        pyarrow.bool_(),
    ),
    *(pyarrow.date32(), pyarrow.date64(), pyarrow.time64("ns"), pyarrow.duration("s"), pyarrow.null()),
    *(
        pyarrow.timestamp(unit, zone)
        for unit in ("s", "ms", "us", "ns")
        for zone in (None, "UTC", "Asia/Shanghai", "+05:30", "Mars/Base")
    ),
    *(pyarrow.decimal128(p, s) for p, s in ((1, 0), (38, 38), (38, 0), (20, 4), (5, -3))),
    *(pyarrow.decimal256(76, s) for s in (0, 10, 76, -5)),
    *(pyarrow.list_(pyarrow.int8()), pyarrow.struct([("amount", pyarrow.float64()), ("currency", pyarrow.string())])),
    *(
        pyarrow.struct([]),
        pyarrow.map_(pyarrow.string(), pyarrow.int8()),
        pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
    ),
    *(pyarrow.dictionary(pyarrow.int32(), pyarrow.int64()), pyarrow.month_day_nano_interval()),
    pyarrow.run_end_encoded(pyarrow.int32(), pyarrow.int64()),
]
WHOLE = st.integers(-(2**62), 2**62) | st.integers(-5, 5)
TEXTS = st.text(max_size=20) | st.sampled_from(["2026-01-01", "", "2026-13-01", "a" * 4000])


def value(type_, draw):
    """A value that may stand in a column of a type; none where there is no easy one."""
    t = pyarrow.types
    if t.is_integer(type_):
        low = 0 if t.is_unsigned_integer(type_) else -(2 ** (type_.bit_width - 1))
        return draw(st.integers(low, 2 ** (type_.bit_width - (not t.is_unsigned_integer(type_))) - 1))
    if t.is_float16(type_):
        return draw(st.floats(width=16))
    if t.is_floating(type_):
        return draw(st.floats(width=type_.bit_width))
    if t.is_decimal(type_):
        most = 10 ** min(type_.precision, 28) - 1
        return Decimal(draw(st.integers(-most, most))).scaleb(-type_.scale)
    if t.is_boolean(type_):
        return draw(st.booleans())
    if t.is_string(type_) or t.is_large_string(type_) or type_ == pyarrow.string_view():
        return draw(TEXTS)
    if t.is_fixed_size_binary(type_):
        return draw(st.binary(min_size=4, max_size=4))
    if t.is_binary(type_):
        return draw(st.binary(max_size=9))
    if t.is_struct(type_) and type_.num_fields:
        return {"amount": draw(st.floats()), "currency": draw(st.sampled_from(["CNY", "USD", None]))}
    if t.is_dictionary(type_):
        return value(type_.value_type, draw)
    if t.is_timestamp(type_) or t.is_date(type_) or t.is_duration(type_):
        return draw(st.integers(-(2**31), 2**31 - 1) if type_ == pyarrow.date32() else WHOLE)
    return None


@st.composite
def column(draw, rows, types=TYPES):
    type_ = draw(st.sampled_from(types))
    values = [value(type_, draw) if draw(st.integers(0, 9)) else None for _ in range(rows)]
    plain = pyarrow.int32() if type_ == pyarrow.date32() else pyarrow.int64()
    try:
        if pyarrow.types.is_timestamp(type_) or pyarrow.types.is_date(type_) or pyarrow.types.is_duration(type_):
            return pyarrow.array(values, plain).view(type_)
        return pyarrow.array(values, type_)
    except (pyarrow.ArrowException, OverflowError, TypeError, ValueError):
        return pyarrow.nulls(rows, type_ if not pyarrow.types.is_run_end_encoded(type_) else pyarrow.int64())


@st.composite
def frame(draw, names):
    """A table of several batches, sliced, some of them empty."""
    rows = draw(st.integers(0, 8))
    kept = draw(st.lists(st.sampled_from(names), unique=True, min_size=draw(st.sampled_from([0, len(names)]))))
    sensible = {
        "customer_id": [pyarrow.int64(), pyarrow.string(), pyarrow.dictionary(pyarrow.int8(), pyarrow.string())],
        "date": [pyarrow.date32(), pyarrow.timestamp("us", "Asia/Shanghai")],
        "amount": [pyarrow.float64(), pyarrow.decimal128(20, 4), pyarrow.int64()],
    }
    columns = {}
    for name in kept:
        types = sensible.get(name, TYPES) if draw(st.booleans()) else TYPES
        columns[name] = draw(column(rows, types))
    table = pyarrow.table(columns) if columns else pyarrow.table({})
    cut = sorted(draw(st.lists(st.integers(0, rows), max_size=3)))
    parts = [table.slice(a, b - a) for a, b in zip([0, *cut], [*cut, rows], strict=True)]
    return pyarrow.concat_tables(parts) if columns else table


def answered(work):
    """Whether work ended with an answer; one of our exceptions is an answer too, but not a fault of the engine."""
    try:
        work()
    except crm.errors.InternalError:
        raise
    except crm.CrmError as error:
        assert error.code and str(error)
        if isinstance(error, crm.errors.ColumnError):
            assert error.column


@small
@given(frame(["customer_id", "date", "amount"]), st.booleans(), st.sampled_from([None, "Asia/Shanghai", "Mars/Base"]))
def test_rfm_of_anything(table, returns, zone):
    answered(lambda: crm.rfm(table, returns=returns, time_zone=zone))
    answered(lambda: crm.rfm_summary(table, monetary_value_col="amount", returns=returns, time_zone=zone))


@small
@given(frame(["frequency", "recency", "T", "monetary_value"]))
def test_models_of_anything(table):
    model = crm.BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    spend = crm.GammaGammaModel.from_params(6.25, 3.74, 15.44)
    answered(lambda: model.predict(table))
    answered(lambda: model.customer_lifetime_value(spend, table))
    answered(lambda: crm.GammaGammaModel().fit(table))


@small
@given(frame(["started", "closed", "outcome", "value", "stage"]))
def test_deals_of_anything(table):
    answered(lambda: crm.pipeline_figures(table))
    answered(lambda: crm.funnel(table, ["a", "b"]))
    answered(lambda: crm.forecast(table, "2026-01-01"))


@small
@given(frame(["a", "b", "y"]))
def test_learning_of_anything(table):
    answered(
        lambda: crm.LeadScorer(fewest_rows=2, fewest_of_outcome=1).fit(table, [True, False] * (table.num_rows // 2))
    )
    answered(lambda: crm.churn_risks(table, value_col="a", alive_col="b"))


@small
@given(frame(["a", "b"]))
def test_tables_go_through_unchanged(table):
    def there_and_back():
        back = pyarrow.table(crm.Table.from_arrow(table))
        assert back.num_rows == table.num_rows and back.column_names == table.column_names
        crm.to_dict(table)

    answered(there_and_back)


def test_ten_thousand_round_trips_keep_no_memory():
    polars = pytest.importorskip("polars")
    purchases = {"customer_id": list(range(200)), "date": ["2026-01-01"] * 200, "amount": [1.5] * 200}
    table, frame = pyarrow.table(purchases), polars.DataFrame(purchases)
    engine = crm.open_in_memory()
    engine.record.create("customer", {"name": "甲"})

    def turn(times):
        for _ in range(times):
            crm.rfm(table)
            crm.rfm_summary(frame, monetary_value_col="amount")
            engine.customer.list().to_arrow(["name"])
            with pytest.raises(crm.errors.ColumnError):
                crm.rfm(table, customer_id_col="who")
        gc.collect()

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    turn(250)
    before, held = resident(), pyarrow.total_allocated_bytes()
    turn(2_500)
    assert pyarrow.total_allocated_bytes() <= held
    # A table of these purchases kept by each round trip would be 70 MB, a kilobyte 10 MB.
    assert resident() - before < 6 << 20
