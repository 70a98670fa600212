"""Models that learn from how things ended: which leads convert, which deals are won, who leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from . import _crm, _frames
from ._estimator import Estimator
from ._html import table_html

__all__ = ["ChurnModel", "LeadScorer", "backtest", "churn_risks"]

Frame = TypeVar("Frame")
Fitted = TypeVar("Fitted", bound="_Classifier")


def column(values: Any, name: str) -> Any:
    """One column, given as a series of any library or a sequence, as a frame of that column."""
    if hasattr(values, "to_frame"):
        return _frames.stream(values.rename(name).to_frame())
    if hasattr(values, "tolist"):
        return _crm.table_of([(name, values.tolist())])
    if hasattr(values, "to_pylist"):
        return _crm.table_of([(name, values.to_pylist())])
    if hasattr(values, "__arrow_c_stream__"):
        return values
    return _crm.table_of([(name, list(values))])


class _Classifier(Estimator):
    """A model of a yes or no, as a sum of one term a column: every probability is explained by what each column adds.

    Columns may be numbers, texts, categories, dates or truth values, and may lack values. `fit` tries the model on rows that
    it had not learnt from and says whether it has any skill.

    After `fit`: `verdict_` (`skill` or `no_skill`), `metrics_` (auc, log_loss, brier, ece, out of sample), `report_` (all of
    it, with reliability and deciles), `feature_names_in_`, `n_features_in_`, `classes_`, `calibration_`.

    Parameters
    ----------
    learner
        `logistic` (tells apart what columns say together) or `bayes` (counts: readable by anybody).
    penalty
        The weight of half the coefficients' squares (1 ÷ scikit-learn's `C`); for `logistic`.
    smoothing, bins
        What each count starts from, and into how many intervals numbers are cut; for `bayes`.
    calibration
        `platt`, `isotonic` (needs some thousand rows) or `none`.
    folds, seed
        Into how many parts rows are shuffled to try the model; with `time` they are parted by time instead.
    time
        The column by whose order rows are parted; it is not learnt from.
    prior
        The share that ends well among the rows to be scored, where it differs from the sample's.
    """

    _estimator_type = "classifier"

    classes_: Any
    verdict_: str
    metrics_: dict[str, Any]
    report_: dict[str, Any]
    feature_names_in_: list[str]
    n_features_in_: int

    def __init__(
        self,
        learner: Literal["logistic", "bayes"] = "logistic",
        *,
        penalty: float = 1.0,
        smoothing: float = 1.0,
        bins: int = 10,
        calibration: Literal["platt", "isotonic", "none"] = "platt",
        folds: int = 5,
        seed: int = 1,
        time: str | None = None,
        prior: float | None = None,
        fewest_rows: int = 100,
        fewest_of_outcome: int = 20,
    ) -> None:
        self.learner = learner
        self.penalty = penalty
        self.smoothing = smoothing
        self.bins = bins
        self.calibration = calibration
        self.folds = folds
        self.seed = seed
        self.time = time
        self.prior = prior
        self.fewest_rows = fewest_rows
        self.fewest_of_outcome = fewest_of_outcome

    def fit(self: Fitted, X: Any, y: Any) -> Fitted:
        """Learns from rows and how each ended: `y` is truth values or 0 and 1, as a series or a sequence.

        Raises
        ------
        RefusedError
            `learn.too_little_data`, `learn.one_outcome`, `learn.option`, `learn.not_converged`.
        """
        if self.learner == "logistic":
            learner: dict[str, Any] = {"logistic": {"penalty": self.penalty}}
        else:
            learner = {self.learner: {"smoothing": self.smoothing, "bins": self.bins}}
        folds = (
            {"by_time": {"folds": self.folds}} if self.time else {"random": {"folds": self.folds, "seed": self.seed}}
        )
        training = {
            "learner": learner,
            "calibration": self.calibration,
            "folds": folds,
            "prior": self.prior,
            "fewest_rows": self.fewest_rows,
            "fewest_of_outcome": self.fewest_of_outcome,
        }
        asked = {"training": training, "columns": None, "time": self.time}
        self._model = _crm.learn_fit(_frames.stream(X), column(y, "y"), json.dumps(asked))
        model = json.loads(self._model)
        self.report_ = model["report"]
        self.metrics_ = self.report_["metrics"]
        self.verdict_ = self.report_["verdict"]
        self.calibration_ = model["calibration"]
        self.feature_names_in_ = [term["column"] for term in model["scorer"]["terms"]]
        self.n_features_in_ = len(self.feature_names_in_)
        self.classes_ = _array([False, True])
        return self

    def probability(self, X: Any) -> Any:
        """The probability of each row, as a series of the frame's own library."""
        self._need_fit()
        return _frames.series(_crm.learn_predict(_frames.stream(X), self._model), X)

    def predict_proba(self, X: Any) -> Any:
        """The probabilities of `classes_`, one row of two each: numpy's array where numpy is there."""
        self._need_fit()
        (chances,) = _frames.to_dict(_crm.learn_predict(_frames.stream(X), self._model)).values()
        return _array([(1.0 - chance, chance) for chance in chances])

    def predict(self, X: Any) -> Any:
        """Whether each row's probability is at least one half."""
        self._need_fit()
        (chances,) = _frames.to_dict(_crm.learn_predict(_frames.stream(X), self._model)).values()
        return _array([chance >= 0.5 for chance in chances])

    def score(self, X: Any, y: Any) -> float:
        """The share of rows that are predicted as they ended (accuracy, as in scikit-learn)."""
        (ended,) = _frames.to_dict(column(y, "y")).values()
        said = self.predict(X)
        return sum(bool(a) == bool(b) for a, b in zip(said, ended, strict=True)) / max(len(ended), 1)

    def explain(self, X: Any, row: int) -> dict[str, Any]:
        """Why a row has its probability: `probability`, `log_odds`, those of a `usual` row, and `factors`, what each column
        adds, farthest from zero first; together they are the row's log odds."""
        self._need_fit()
        told = _crm.learn_explain(_frames.stream(X), self._model, row)
        if told is None:
            raise IndexError(f"there is no row {row}")
        return dict(json.loads(told))

    def _repr_html_(self) -> str:
        if not self.__sklearn_is_fitted__():
            return f"<code>{self!r}</code> (not fitted)"
        rows = [{"figure": name, "value": value} for name, value in self.metrics_.items()]
        return table_html([*rows, {"figure": "verdict", "value": self.verdict_}], repr(self))


def _array(values: Sequence[Any]) -> Any:
    try:
        import numpy
    except ImportError:
        return values
    return numpy.asarray(values)


class LeadScorer(_Classifier):
    __doc__ = f"""Scores leads by how earlier ones ended.

    {_Classifier.__doc__}"""


class ChurnModel(_Classifier):
    __doc__ = f"""The probability that a customer leaves, by how earlier ones did: `y` is who left.

    Without such history, `churn_risks` judges by evidence. {_Classifier.__doc__}"""


def churn_risks(
    customers: Frame,
    *,
    value_col: str = "value",
    alive_col: str | None = None,
    recent_activity_col: str | None = None,
    earlier_activity_col: str | None = None,
    open_tickets_col: str | None = None,
    complaints_col: str | None = None,
    trained_col: str | None = None,
    rules: Mapping[str, float] | None = None,
    decimals: int = 2,
) -> Frame:
    """The risk that each customer leaves, from whatever evidence there is.

    Evidence is what each customer is worth, the probability that he is still a customer (of a purchase model), activities in
    a recent window and in the one before, open tickets, complaints, and the probability of a trained model, which overrules
    the rest. Returns, row by row in the frame's own library: `risk` (0 to 1), `at_stake` (risk × value), and what each
    reason adds in log-odds (`by_silence`, `by_activity`, `by_tickets`, `by_complaints`, `by_model`).

    `rules` change the weights: `base_risk` 0.1, `decay` 0.7, `windows` 1.0, `ticket` 0.3, `complaint` 0.7.
    """
    weights = {"base_risk": 0.1, "decay": 0.7, "windows": 1.0, "ticket": 0.3, "complaint": 0.7, **(rules or {})}
    asked = {
        "rules": weights,
        "decimals": decimals,
        "value": value_col,
        "alive": alive_col,
        "recent": recent_activity_col,
        "before": earlier_activity_col,
        "open_tickets": open_tickets_col,
        "complaints": complaints_col,
        "trained": trained_col,
    }
    found: Frame = _frames.like(_crm.churn_risks(_frames.stream(customers), json.dumps(asked)), customers)
    return found


def backtest(scores: Any, outcomes: Any, thresholds: Sequence[float] = ()) -> dict[str, Any]:
    """How scores, in any unit, higher meaning better, would have done on what came.

    Returns `rows`, `good`, `auc`, `thresholds` (chosen, good, precision, recall, f1 of each), `deciles`; and for scores from
    0 to 1 `metrics` and `reliability` (what was said and what came, by interval).
    """
    (said,) = _frames.to_dict(column(scores, "score")).values()
    (came,) = _frames.to_dict(column(outcomes, "outcome")).values()
    table = _crm.table_of([("score", [float(score) for score in said]), ("outcome", came)])
    told = json.loads(_crm.score_backtest(table, list(thresholds)))
    return {**told["backtest"], "metrics": told["metrics"], "reliability": told["reliability"]}
