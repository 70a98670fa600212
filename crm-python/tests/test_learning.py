"""Scorers, churn, and figures of deals: beside what others found in the same data, and in the manner of scikit-learn."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import random

import pytest

import crm
from crm import errors

polars = pytest.importorskip("polars")


@pytest.fixture(scope="module")
def leads():
    """Leads whose source, size and silence say something of how they ended."""
    dice = random.Random(7)
    rows = []
    for _ in range(1200):
        source = dice.choice(["web", "fair", "referral", None])
        size = dice.choice([None, 10, 50, 200, 1000])
        seen = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randrange(90))
        odds = {"web": -1.0, "fair": 0.0, "referral": 1.5, None: -0.5}[source] + (size or 0) / 500
        rows.append((source, size, seen, dice.random() < 0.5, dice.random() < 1 / (1 + 2.718 ** (0.5 - odds))))
    names = ["source", "size", "seen", "newsletter", "won"]
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def split(leads, make):
    columns = dict(leads)
    ended = columns.pop("won")
    return make(columns), ended


@pytest.mark.parametrize("learner", ["logistic", "bayes"])
def test_a_scorer_learns_explains_and_is_kept(leads, make, learner):
    X, y = split(leads, make)
    scorer = crm.LeadScorer(learner)
    with pytest.raises(errors.NotFittedError):
        scorer.predict(X)
    scorer.fit(X, y)
    assert scorer.verdict_ == "skill" and scorer.metrics_["auc"] > 0.65
    assert sorted(scorer.feature_names_in_) == ["newsletter", "seen", "size", "source"]
    chances = list(crm.to_dict(crm._frames.stream({"p": [float(p) for p in scorer.predict_proba(X)[:, 1]]}))["p"])
    assert all(0 <= chance <= 1 for chance in chances)
    assert list(scorer.predict(X)) == [chance >= 0.5 for chance in chances]
    assert 0.5 < scorer.score(X, y) <= 1
    why = scorer.explain(X, 3)
    assert why["probability"] == pytest.approx(chances[3])
    assert why["usual"] + sum(factor["log_odds"] for factor in why["factors"]) == pytest.approx(why["log_odds"])
    again = pickle.loads(pickle.dumps(scorer))
    assert (again.predict_proba(X) == scorer.predict_proba(X)).all()
    with pytest.raises(IndexError):
        scorer.explain(X, 10**6)


def test_a_scorer_stands_in_sklearns_tools(leads):
    base = pytest.importorskip("sklearn.base")
    selection = pytest.importorskip("sklearn.model_selection")
    X, y = split(leads, polars.DataFrame)
    scorer = crm.LeadScorer(penalty=2.0)
    fresh = base.clone(scorer.fit(X, y))
    assert fresh.get_params()["penalty"] == 2.0 and not hasattr(fresh, "metrics_")
    assert base.is_classifier(scorer)
    import numpy

    scores = selection.cross_val_score(crm.LeadScorer(), X, numpy.asarray(y), cv=3)
    assert len(scores) == 3 and scores.min() > 0.5
    churn = crm.ChurnModel(learner="bayes").fit(X, polars.Series(y))
    assert churn.metrics_["auc"] > 0.6 and "verdict" in churn._repr_html_()


def test_a_pipeline_from_summary_to_clusters(cdnow):
    cluster = pytest.importorskip("sklearn.cluster")
    pipeline = pytest.importorskip("sklearn.pipeline")
    frame = crm.rfm_summary(polars.DataFrame(cdnow), monetary_value_col="amount").drop("customer_id", "total_value")
    steps = pipeline.make_pipeline(cluster.KMeans(3, n_init=1, random_state=0))
    assert len(steps.fit_predict(frame)) == 400


def test_rows_are_parted_by_time_when_asked(leads):
    X, y = split(leads, polars.DataFrame)
    scorer = crm.LeadScorer(time="seen").fit(X, y)
    assert "seen" not in scorer.feature_names_in_


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rows": 20}, "learn.too_little_data"),
        ({"y": [True] * 1200}, "learn.one_outcome"),
        ({"penalty": -1.0}, "learn.option"),
        ({"learner": "oracle"}, "learn.option"),
        ({"y": [True] * 3}, "column.range"),
        ({"y": [0.5] * 1200}, "column.range"),
        ({"y": [None] * 1200}, "column.null"),
    ],
)
def test_what_cannot_be_learnt(leads, change, code):
    X, y = split(leads, polars.DataFrame)
    X, y = X.head(change.pop("rows", 1200)), change.pop("y", y)
    with pytest.raises(crm.CrmError) as raised:
        crm.LeadScorer(**change).fit(X, y[: len(X)])
    assert raised.value.code == code


def test_scorers_as_sklearn_has_them(shared):
    reference = json.loads((shared / "reference/lead_scoring_sklearn.json").read_text())["bank_marketing_no_duration"]
    frame = polars.read_csv(shared / "data/bank_marketing/bank-full.csv", separator=";")
    y = frame["y"] == "yes"
    X = frame.select(reference["numeric"] + reference["categorical"])
    found = crm.LeadScorer(calibration="none").fit(X, y)
    wanted = reference["cv"]["logreg"]
    assert found.metrics_["auc"] == pytest.approx(wanted["auc"], abs=0.003)
    assert found.metrics_["log_loss"] == pytest.approx(wanted["log_loss"], abs=0.002)


def test_churn_by_evidence(make):
    frame = make({"value": [1000.0, 1000.0], "alive": [0.95, 0.30], "complaints": [0, 1]})
    found = crm.churn_risks(frame, alive_col="alive", complaints_col="complaints")
    assert type(found) is type(frame)
    rows = crm.to_dict(found)
    assert rows["risk"][0] < 0.1 < 0.7 < rows["risk"][1]
    assert rows["at_stake"][1] == pytest.approx(1000 * rows["risk"][1], abs=0.01)
    assert rows["by_silence"][1] > rows["by_complaints"][1] > 0
    with pytest.raises(errors.InvalidError):
        crm.churn_risks({"value": [1], "alive": [3.0]}, alive_col="alive")


def test_a_backtest_of_scores():
    found = crm.backtest([80.0, 65.0, 40.0, 10.0], [True, False, True, False], [60.0])
    assert (found["thresholds"][0]["precision"], found["thresholds"][0]["recall"]) == (0.5, 0.5)
    assert found["metrics"] is None and found["auc"] == 0.75
    assert crm.backtest([0.9, 0.1], [1, 0])["metrics"]["auc"] == 1.0


DEALS = {
    "started": ["2026-01-01", "2026-01-01", "2026-01-11", "2026-02-01", "2026-02-10"],
    "closed": ["2026-01-11", "2026-01-31", "2026-01-21", None, None],
    "outcome": ["won", "lost", "won", None, None],
    "value": [100.0, None, 50.5, 70.0, 30.0],
    "owner": ["李雷", "李雷", "韩梅梅", "韩梅梅", "李雷"],
    "stage": ["won", "talk", "won", "offer", "talk"],
}


def test_figures_of_deals(make):
    frame = make(DEALS)
    all_of_them = crm.to_dict(crm.pipeline_figures(frame))
    assert (all_of_them["open"], all_of_them["won"], all_of_them["lost"]) == ([2], [2], [1])
    assert all_of_them["win_rate"] == [pytest.approx(2 / 3)]
    assert (all_of_them["won_value"], all_of_them["median_value"]) == ([150.5], [75.25])
    assert all_of_them["mean_cycle_days"] == [10.0]
    by = crm.to_dict(crm.pipeline_figures(frame, by="owner"))
    assert dict(zip(by["group"], by["won"], strict=True)) == {"李雷": 1, "韩梅梅": 1}
    steps = crm.to_dict(crm.funnel(frame, ["talk", "offer", "won"]))
    assert steps["reached"] == [5, 3, 2] and steps["lost_here"] == [1, 0, 0] and steps["stand_here"][:2] == [1, 1]
    # A won deal has come past all stages, whichever it was in last, so that a step's deals are those that went on to it.
    names = ["talk", "offer"]
    steps = crm.to_dict(crm.funnel(make(DEALS | {"stage": ["talk", "offer", "offer", "offer", "talk"]}), names))
    assert (
        steps["reached"] == [5, 4] and steps["went_on"] == [4, 2] and steps["conversion"] == [1.0, pytest.approx(2 / 3)]
    )
    speed = crm.velocity(frame, "2026-01-01", "2026-02-01")
    assert speed["realised_per_day"] == pytest.approx(150.5 / 31) and speed["mean_open"] > 1


def test_wrong_deals_are_named_by_their_row():
    with pytest.raises(errors.ColumnError) as raised:
        crm.pipeline_figures(DEALS | {"closed": [None, "soon", None, None, None]})
    assert (raised.value.column, raised.value.row, raised.value.code) == ("closed", 1, "column.date")
    assert "row 1" in str(raised.value)


def test_figures_of_the_public_data_set(shared):
    reference = json.loads((shared / "reference/crm_kpis_maven.json").read_text())["overall"]
    frame = polars.read_csv(shared / "data/maven_crm/sales_pipeline.csv", try_parse_dates=True)
    names = {
        "started_col": "engage_date",
        "closed_col": "close_date",
        "outcome_col": "deal_stage",
        "value_col": "close_value",
    }
    row = crm.pipeline_figures(frame, **names).row(0, named=True)
    assert (row["won"], row["lost"]) == (reference["won"], reference["lost"])
    for ours, theirs in [
        ("won_value", "won_value"),
        ("mean_value", "avg_deal"),
        ("median_value", "median_deal"),
        ("mean_cycle_days", "cycle_won_days"),
        ("median_cycle_days", "cycle_won_median"),
        ("velocity_per_day", "velocity_per_day"),
    ]:
        assert row[ours] == pytest.approx(reference[theirs]), ours
    dated = frame.filter(polars.col("engage_date").is_not_null())
    made = crm.forecast(dated, "2017-09-30", group_col="product", **names)
    assert made.low <= made.expected <= made.high and 0 < made.reaches(made.expected) < 1
    assert len(made.deals) > 100 and made._repr_html_()
    tried = crm.forecast_backtest(dated, ["2017-06-30", "2017-07-31", "2017-08-31"], draws=500, **names)
    assert len(tried.days) == 3 and 0 <= tried.covered <= 3 and tried.mean_error > 0


def test_a_forecast_needs_history():
    with pytest.raises(crm.CrmError) as raised:
        crm.forecast(DEALS | {"outcome": [None] * 5}, "2026-02-20")
    assert raised.value.code == "forecast.no_history"
    with pytest.raises(errors.ColumnError) as raised:
        crm.forecast(DEALS | {"started": [None] * 5}, "2026-02-20")
    assert raised.value.code == "column.null"
