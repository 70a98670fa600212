"""RFM and lifetime value: figures of this engine beside those of others, and the manner of scikit-learn."""

from __future__ import annotations

import csv
import datetime as dt
import json
import pickle
from decimal import Decimal

import pytest

import crm
from crm import errors

polars = pytest.importorskip("polars")


def near(found, wanted, within=1e-6):
    return abs(found - wanted) <= within * max(abs(wanted), 1.0)


def test_scores_thresholds_and_segments(cdnow):
    found = crm.rfm(cdnow)
    rows = crm.to_dict(found.customers)
    assert found.as_of == dt.date(1998, 7, 1) or found.as_of > dt.date(1998, 1, 1)
    assert sum(row["customers"] for row in found.segments) == len(rows["customer_id"]) == 400
    assert sum(row["monetary"] for row in found.segments) == sum(
        Decimal(str(m)).quantize(Decimal("0.01")) for m in rows["monetary"]
    )
    # A score is one more than the thresholds that a value reaches.
    for value, score in zip(rows["monetary"], rows["m_score"], strict=True):
        assert score == 1 + sum(Decimal(str(round(value, 2))) >= from_ for from_ in found.thresholds.monetary)
    # The same day by the thresholds kept is the same.
    again = crm.rfm(cdnow, thresholds=found.thresholds)
    assert crm.to_dict(again.customers) == rows
    assert "segment" in found._repr_html_()


def test_segments_in_chinese_and_of_ones_own(cdnow):
    eight = crm.rfm(cdnow, segments="eight_cells", language="zh")
    names = {row["segment"] for row in eight.segments if row["customers"]}
    assert "重要价值客户" in names
    own = [crm.Segment("best", recency=(4, 5), frequency=(4, 5)), crm.Segment("rest")]
    sizes = crm.rfm(cdnow, segments=own).segments
    assert [row["segment"] for row in sizes] == ["best", "rest", None]
    assert sizes[2]["customers"] == 0 < sizes[0]["customers"] < sizes[1]["customers"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"bins": 1}, "rfm.bins"),
        ({"bins": 300}, "rfm.bins"),
        ({"bins": -1}, "rfm.bins"),
        ({"segments": "none of these"}, "command.malformed"),
        ({"language": "de"}, "command.malformed"),
        ({"as_of": "1990-01-01", "thresholds": crm.Thresholds((1, 2), (1, 2), (1, 2))}, "rfm.thresholds"),
        ({"thresholds": crm.Thresholds((2,), (1,), (Decimal(10) ** 20,))}, "rfm.thresholds"),
        ({"segments": [crm.Segment(str(n)) for n in range(200)]}, "rfm.segments"),
    ],
)
def test_what_rfm_refuses(cdnow, asked, code):
    with pytest.raises(errors.InvalidError) as raised:
        crm.rfm(cdnow, **asked)
    assert raised.value.code == code and "line 1" not in str(raised.value)


def test_rfm_as_others_have_it(shared):
    frame = polars.read_csv(
        shared / "data/cdnow/CDNOW_master.txt", separator="\n", has_header=True, new_columns=["line"]
    ).select(polars.col("line").str.extract_all(r"\S+").alias("parts"))
    frame = frame.select(
        customer_id=polars.col("parts").list.get(0),
        date=polars.col("parts").list.get(1).str.to_date("%Y%m%d"),
        amount=polars.col("parts").list.get(3).str.to_decimal(scale=2),
    )
    with (shared / "reference/rfm_cdnow_master.csv").open() as file:
        wanted = list(csv.DictReader(file))
    rows = crm.to_dict(crm.rfm(frame).customers)
    assert rows["customer_id"] == [row["id"] for row in wanted]
    for ours, theirs, scale in [
        ("recency", "recency_days", 1),
        ("frequency", "frequency", 1),
        ("r_score", "R", 1),
        ("f_score", "F", 1),
        ("m_score", "M", 1),
    ]:
        assert rows[ours] == [int(row[theirs]) * scale for row in wanted], ours
    assert [int(money * 100) for money in rows["monetary"]] == [int(row["monetary"]) for row in wanted]
    ntile = crm.to_dict(crm.rfm(frame, method="ntile").customers)
    for ours, theirs in [("r_score", "R_ntile"), ("f_score", "F_ntile"), ("m_score", "M_ntile")]:
        assert ntile[ours] == [int(row[theirs]) for row in wanted], ours


def summary_of(shared):
    with (shared / "data/cdnow/cdnow_customers_summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (shared / "reference/cdnow_per_customer_lifetimes.csv").open() as file:
        each = list(csv.DictReader(file))
    columns = {name: [float(row[name]) for row in rows] for name in ("frequency", "recency", "T")}
    columns["monetary_value"] = [float(row["zbar"]) for row in each]
    return columns, each


def test_models_as_lifetimes_has_them(shared):
    columns, each = summary_of(shared)
    reference = json.loads((shared / "reference/btyd_cdnow_lifetimes.json").read_text())
    model = crm.BetaGeoModel().fit(columns)
    for name, value in reference["bgnbd"]["params"].items():
        assert near(model.params_[name], value, 1e-5), name
    assert near(model.log_likelihood_, reference["bgnbd"]["log_likelihood"], 1e-9)
    for found, row in zip(model.expected_purchases(columns, 39.0), each, strict=True):
        assert near(found, float(row["bgnbd_E39"]), 1e-4)
    for found, row in zip(model.probability_alive(columns), each, strict=True):
        assert near(found, float(row["bgnbd_palive"]), 1e-4)
    spend = crm.GammaGammaModel().fit(columns)
    for found, row in zip(spend.expected_spend(columns), each, strict=True):
        assert near(found, float(row["gg_E_M"]), 1e-3)
    frame = polars.DataFrame(columns)
    value = model.customer_lifetime_value(spend, frame, periods=12, period_length=30 / 7, discount_rate=0.01)
    assert type(value) is polars.Series and len(value) == len(each) and value.min() >= 0


FAMILIES = [crm.NBDModel, crm.BetaGeoModel, crm.ModifiedBetaGeoModel, crm.ParetoNBDModel]


@pytest.fixture(scope="module")
def summary(cdnow):
    return crm.rfm_summary(polars.DataFrame(cdnow), monetary_value_col="amount", time_unit="W")


@pytest.mark.parametrize("family", FAMILIES)
def test_estimators_behave(family, summary):
    sklearn = pytest.importorskip("sklearn.base")
    model = family(horizon=12.0)
    with pytest.raises(errors.NotFittedError):
        model.predict(summary)
    assert model.fit(summary) is model
    assert model.n_customers_ == 400 and model.gradient_ < 1e-6
    alive, ahead = model.probability_alive(summary), model.predict(summary)
    assert alive.min() >= 0 and alive.max() <= 1 and ahead.min() >= 0
    assert model.score(summary) == pytest.approx(model.log_likelihood_ / 400)
    assert model.expected_purchases_new_customer(10.0) > 0
    again = pickle.loads(pickle.dumps(model))
    assert again.params_ == model.params_ and (again.predict(summary) == ahead).all()
    fresh = sklearn.clone(model)
    assert fresh.get_params() == {"horizon": 12.0} and not hasattr(fresh, "params_")
    assert "horizon=12.0" in repr(model) and model.params_.keys() and "<table>" in model._repr_html_()
    assert type(model).from_params(**model.params_).predict(summary).len() == 400
    with pytest.raises(ValueError):
        model.set_params(depth=3)


def test_regularity_is_found(cdnow):
    frame, info = crm.summary_info(polars.DataFrame(cdnow), time_unit="W")
    model = crm.RegularBetaGeoModel(log_intervals=info["log_intervals"]).fit(frame)
    assert model.params_["k"] >= 1
    assert info["later"] == 0 and info["observation_period_end"] == max(cdnow["date"])


def test_summary_leaves_out_what_is_later_and_merges_days():
    frame = {
        "customer_id": [1, 1, 1, 1],
        "date": ["2026-01-01", "2026-01-08", "2026-01-08", "2026-03-01"],
        "amount": [10.0, 20.0, 30.0, 99.0],
    }
    table, info = crm.summary_info(
        frame, monetary_value_col="amount", observation_period_end="2026-01-15", time_unit="W"
    )
    rows = crm.to_dict(table)
    assert (info["later"], info["merged"]) == (1, 1)
    assert rows == {
        "customer_id": [1],
        "frequency": [1],
        "recency": [1.0],
        "T": [2.0],
        "monetary_value": [50.0],
        "total_value": [60.0],
    }


@pytest.mark.parametrize(
    ("columns", "error", "code"),
    [
        ({"frequency": [], "recency": [], "T": []}, errors.RefusedError, "clv.no_customers"),
        ({"frequency": [0, 0], "recency": [0.0, 0.0], "T": [3.0, 4.0]}, errors.RefusedError, "clv.no_repeat_purchases"),
        ({"frequency": [0, 0], "recency": [0.0, 0.0], "T": [0.0, 0.0]}, errors.RefusedError, "clv.no_time"),
        ({"frequency": [1, 0], "recency": [9.0, 0.0], "T": [3.0, 4.0]}, errors.InvalidError, "clv.bad_history"),
        ({"frequency": [1.5, 0.0], "recency": [1.0, 0.0], "T": [3.0, 4.0]}, errors.ColumnError, "column.fraction"),
        ({"frequency": [1, -1], "recency": [1.0, 0.0], "T": [3.0, 4.0]}, errors.ColumnError, "column.negative"),
        ({"frequency": [1, 2**40], "recency": [1.0, 1.0], "T": [3.0, 4.0]}, errors.ColumnError, "column.range"),
        ({"frequency": [1], "recency": [1.0]}, errors.ColumnError, "column.missing"),
        ({"frequency": [1], "recency": [1.0], "T": ["x"]}, errors.ColumnError, "column.type"),
    ],
)
def test_what_models_refuse(columns, error, code):
    with pytest.raises(error) as raised:
        crm.BetaGeoModel().fit(columns)
    assert raised.value.code == code


def test_errors_are_values():
    with pytest.raises(errors.RefusedError) as raised:
        crm.BetaGeoModel().fit({"frequency": [0], "recency": [0.0], "T": [3.0]})
    (refusal,) = raised.value.refusals
    assert refusal.code == raised.value.code == "clv.no_repeat_purchases"
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (copy.code, str(copy), copy.refusals) == (raised.value.code, str(raised.value), raised.value.refusals)
    assert isinstance(copy, crm.CrmError)


def test_parameters_must_be_such():
    with pytest.raises(errors.InvalidError) as raised:
        crm.BetaGeoModel.from_params(r=-1.0, alpha=1.0, a=1.0, b=1.0)
    assert raised.value.code == "clv.bad_parameter"
    with pytest.raises(errors.InvalidError, match="missing field `b`$|missing field `b` "):
        crm.BetaGeoModel.from_params(r=1.0, alpha=1.0, a=1.0)
    spend = crm.GammaGammaModel.from_params(6.0, 4.0, 15.0)
    assert [row["parameter"] for row in spend.summary()] == ["p", "q", "v"]


@pytest.mark.parametrize(
    "ahead",
    [{"periods": -1}, {"periods": 20_000}, {"period_length": float("nan")}, {"discount_rate": -2.0}],
)
def test_what_lies_ahead_must_be_such(ahead):
    history = {"frequency": [2], "recency": [3.0], "T": [4.0], "monetary_value": [5.0]}
    model = crm.BetaGeoModel.from_params(r=0.2, alpha=4.0, a=0.8, b=2.4)
    with pytest.raises(errors.InvalidError) as raised:
        model.customer_lifetime_value(crm.GammaGammaModel.from_params(6.0, 4.0, 15.0), history, **ahead)
    assert raised.value.code == "clv.bad_horizon"
    with pytest.raises(errors.InvalidError) as raised:
        model.expected_purchases(history, float("inf"))
    assert raised.value.code == "clv.bad_horizon"
    with pytest.raises(TypeError):
        model.customer_lifetime_value(crm.GammaGammaModel.from_params(6.0, 4.0, 15.0), history, periods=1.5)
