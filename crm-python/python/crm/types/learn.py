"""Types of learn. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .._record import Choice, Data
from .model import ModelPurpose

__all__ = [
    "Additive",
    "Explanation",
    "Factor",
    "Lift",
    "Method",
    "Metrics",
    "Reliability",
    "Report",
    "Scored",
    "Term",
    "Trained",
    "TrainedModel",
    "Training",
    "Verdict",
]


@dataclass(frozen=True, kw_only=True)
class Additive(Data):
    """A trained scorer: the log odds of a row are `base` and a weight of each term."""

    base: float
    """The log odds before any column is looked at."""
    terms: Sequence[Term]
    """One a column."""

    _reads: ClassVar[dict[str, str]] = {'terms': '*Term'}


@dataclass(frozen=True, kw_only=True)
class Explanation(Data):
    """Why a row has its probability."""

    probability: float
    """The row's probability."""
    log_odds: float
    """Its log odds: those of a usual row and of all factors."""
    usual: float
    """The log odds of a usual row."""
    factors: Sequence[Factor]
    """What each column adds, farthest from zero first."""

    _reads: ClassVar[dict[str, str]] = {'factors': '*Factor'}


@dataclass(frozen=True, kw_only=True)
class Factor(Data):
    """One part of an explanation."""

    column: str
    """The column, or `calibration` for what calibration adds."""
    value: str | None = None
    """The row's value as text; none when it is missing."""
    unseen: bool
    """Whether the model never met this level."""
    log_odds: float
    """What it adds to the log odds, against a usual row."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Lift(Data):
    """Rows in the order of their scores, cut into bands of equal size, best first."""

    rows: Sequence[float]
    """Rows of the band; a fraction where the rows can't be divided evenly."""
    good: Sequence[float]
    """How many of them ended well. Rows of one score count in equal shares."""
    lift: Sequence[float]
    """The band's share of good rows ÷ the share in all rows; 0 when none ended well."""
    captured: Sequence[float]
    """The part of all good rows that is in this band and those before; 0 when none ended well."""

    _reads: ClassVar[dict[str, str]] = {}


class Method(Choice):
    """How scores are calibrated."""

    NONE = "none"
    """Not at all."""
    PLATT = "platt"
    """By a straight line in log odds: two numbers, good from a few dozen rows on."""
    ISOTONIC = "isotonic"
    """By any rising curve: needs some thousand rows."""


@dataclass(frozen=True, kw_only=True)
class Metrics(Data):
    """Figures of probabilities beside what came."""

    rows: int
    """How many rows."""
    good: int
    """How many of them ended well."""
    auc: float | None = None
    """The chance that a good row is scored above a bad one, ties half; none when all ended the same way."""
    log_loss: float
    """The mean of −ln of the probability given to what came, in nats; probabilities count as at least
    10⁻¹⁵ away from 0 and 1."""
    brier: float
    """The mean square of probability less outcome (Brier 1950)."""
    ece: float
    """The expected calibration error: the mean distance of what was said from what came, over ten
    intervals of equal width."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Reliability(Data):
    """What was said and what came, by interval of what was said; intervals that no row is in are left out."""

    rows: Sequence[int]
    """Rows in the interval."""
    said: Sequence[float]
    """The mean probability said."""
    came: Sequence[float]
    """The share that ended well."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Report(Data):
    """How a model did on rows that it had not learnt from."""

    metrics: Metrics
    """Its figures over all rows tried."""
    base_log_loss: float
    """The log loss of who knows nothing but the share that ended well among the rows learnt from."""
    gain: float
    """How much lower the model's log loss is than that, a row."""
    gain_error: float
    """The standard error of the gain."""
    verdict: Verdict
    """Whether the gain is above chance."""
    reliability: Reliability
    """What was said and what came, in ten intervals."""
    deciles: Lift
    """By deciles, best first."""

    _reads: ClassVar[dict[str, str]] = {'metrics': 'Metrics', 'verdict': 'Verdict', 'reliability': 'Reliability', 'deciles': 'Lift'}


@dataclass(frozen=True, kw_only=True)
class Scored(Data):
    """A record and what a model says of it."""

    record: str
    """The record."""
    probability: float
    """The probability that it ends well (for churn: that the customer leaves)."""
    explanation: Explanation | None
    """Why: factors that add up to the probability, those of fields that the actor doesn't see among the usual. For
    as many of the best as were asked for."""

    _reads: ClassVar[dict[str, str]] = {'explanation': '?Explanation'}


@dataclass(frozen=True, kw_only=True)
class Term(Data):
    """What one column adds to the log odds."""

    column: str
    """The column."""
    shape: Any
    """How its values weigh.
    - `{"levels": …}`: Each level has a weight; one that was never learnt has none.
    - `{"slope": {"mean": …, "scale": …, "weight": …}}`: The column's distance from its mean, in standard deviations, times a weight.
    - `{"bins": {"edges": …, "weights": …}}`: A weight for each interval between edges: the first is below the first edge."""
    missing: float
    """What a missing value weighs."""
    usual: float
    """The mean weight among the rows that it was learnt from: explanations speak of what differs from it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Trained(Data):
    """A model that was trained on stored history, not yet stored."""

    purpose: ModelPurpose
    """What it predicts."""
    about: str
    """The kind of record that it scores."""
    trained_at: dt.datetime
    """As of when the history was read."""
    model: TrainedModel
    """The model, with its figures out of sample and its verdict."""

    _reads: ClassVar[dict[str, str]] = {'purpose': 'ModelPurpose', 'trained_at': 'instant', 'model': 'TrainedModel'}


@dataclass(frozen=True, kw_only=True)
class TrainedModel(Data):
    """A trained model: a value to be stored."""

    training: Training
    """How it was made."""
    scorer: Additive
    """What its scores are."""
    calibration: Any
    """What makes probabilities of them.
    - `"none"`: Log odds are taken at their word.
    - `{"platt": {"slope": …, "shift": …}}`: `slope` × log odds + `shift`.
    - `{"isotonic": {"scores": …, "probabilities": …}}`: A rising curve through points, straight between them and level beyond."""
    shift: float
    """What the prior adds to the log odds afterwards."""
    report: Report
    """How it did on rows that it had not learnt from."""

    _reads: ClassVar[dict[str, str]] = {'training': 'Training', 'scorer': 'Additive', 'report': 'Report'}


@dataclass(frozen=True, kw_only=True)
class Training(Data):
    """How a model is made and tried."""

    learner: Any = None
    """What learns.
    - `{"bayes": …}`: Counts: fast, and readable by anybody.
    - `{"logistic": …}`: Regression: tells apart what columns say together."""
    calibration: Method | None = None
    """How its scores become probabilities."""
    folds: Any = None
    """How it is tried.
    - `{"random": {"folds": …, "seed": …}}`: Each row is in one of so many parts, tried by what was learnt from the others; parts have equal shares of good rows. Flatters where times change.
    - `{"by_time": {"folds": …}}`: Rows in the order of time are cut into one more part than this; each but the first is tried by what was learnt from all before it. Rows of one time stay together.
    - `{"latest": {"learnt": …}}`: What was learnt from this share of the rows, the earliest, is tried on the rest.
    - `{"given": …}`: The fold of each row, as given."""
    prior: float | None = None
    """The share that ends well among the rows to be scored, where it differs from the sample's; it shifts
    all log odds (King and Zeng 2001). The report keeps to the sample's."""
    fewest_rows: int = 0
    """The fewest rows to learn from."""
    fewest_of_outcome: int = 0
    """The fewest rows of either outcome."""

    _reads: ClassVar[dict[str, str]] = {'calibration': 'Method'}


class Verdict(Choice):
    """Whether a model is worth anything."""

    SKILL = "skill"
    """Out of sample it says more than the base rate does, beyond chance (one-sided, 5 %)."""
    NO_SKILL = "no_skill"
    """It doesn't: don't act on it."""
