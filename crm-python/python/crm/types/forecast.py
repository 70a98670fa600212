"""Types of forecast. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data
from .._rows import Rows
from .._values import Money

__all__ = [
    "Category",
    "DepartmentForecast",
    "ForecastDeal",
    "ForecastRecord",
    "ForecastTest",
    "ForecastTrial",
    "ForecastView",
    "JudgedForecast",
    "Outlook",
    "OwnerForecast",
    "TeamForecast",
]


class Category(Choice):
    """How sure a seller is of a deal. Each but `Omitted` counts into those before it as well."""

    OMITTED = "omitted"
    """Not forecast."""
    PIPELINE = "pipeline"
    """Open."""
    BEST_CASE = "best_case"
    """May well come."""
    COMMIT = "commit"
    """Will come."""
    CLOSED = "closed"
    """Won."""


@dataclass(frozen=True, kw_only=True)
class DepartmentForecast(Data):
    """What the deals of a department's people, and of those below it, will bring."""

    department: str
    """The department."""
    deals: int
    """How many open deals, but for those in stages of the category omitted, which are in no figure here; in the
    forecast of a period, those that are expected to close in it."""
    closed: Money
    """What was won in the period so far; nothing where no period was asked for."""
    pipeline: Money
    """What these open deals are worth."""
    best_case: Money
    """Those in stages of the categories best case and commit."""
    commit: Money
    """Those in stages of the category commit."""
    weighted: Money
    """All of them, each times the probability shown; whenever it comes."""
    expected: Money
    """The mean by history of what is won by the last day, of all open deals."""
    low: Money
    """The lower end of the interval of what is won."""
    high: Money
    """Its upper end."""
    target: Money | None
    """What is to be reached with what is closed."""
    reaches_target: float | None
    """The share of futures that reach it."""

    _reads: ClassVar[dict[str, str]] = {'closed': 'money', 'pipeline': 'money', 'best_case': 'money', 'commit': 'money', 'weighted': 'money', 'expected': 'money', 'low': 'money', 'high': 'money', 'target': '?money'}


@dataclass(frozen=True, kw_only=True)
class ForecastDeal(Data):
    """An open deal in a forecast."""

    deal: str
    """The deal."""
    name: str
    """Its name."""
    owner: str | None
    """Who is in charge."""
    stage: str
    """Its stage."""
    category: Category
    """The stage's category."""
    close_on: dt.date | None
    """When it is expected to close."""
    value: Money
    """What it is worth."""
    chance: float
    """The probability that it is won within the days asked for, by what became of deals of its pipeline that were as
    old; with `by_stage`, of deals that were as long in its stage."""
    shown_chance: float
    """The probability that it is ever won as the deal shows it: by hand, by model or by stage."""

    _reads: ClassVar[dict[str, str]] = {'category': 'Category', 'close_on': '?date', 'value': 'money'}


@dataclass(frozen=True, kw_only=True)
class ForecastRecord(Data):
    """The forecasts that were kept and can be judged, and how good those were of whose deals the actor sees all."""

    forecasts: Rows[JudgedForecast]
    """Each, the first to end first."""
    pending: int
    """How many have not ended yet."""
    covered: int
    """How many intervals held what came."""
    mean_error: Money
    """The mean distance of what was expected from what came."""
    mean_error_weighted: Money
    """The same of the stages' probabilities."""
    bias: Money
    """The mean of what was expected less what came: above nothing, forecasts promise too much."""

    _reads: ClassVar[dict[str, str]] = {'forecasts': '*JudgedForecast', 'mean_error': 'money', 'mean_error_weighted': 'money', 'bias': 'money'}


@dataclass(frozen=True, kw_only=True)
class ForecastTest(Data):
    """Past forecasts and how they did."""

    trials: Rows[ForecastTrial]
    """One a day asked for; days without history or whose horizon is not over are left out."""
    covered: int
    """How many intervals held what came."""
    mean_error: Money
    """The mean distance of what was expected from what came."""
    mean_error_weighted: Money
    """The same of the stages' probabilities."""

    _reads: ClassVar[dict[str, str]] = {'trials': '*ForecastTrial', 'mean_error': 'money', 'mean_error_weighted': 'money'}


@dataclass(frozen=True, kw_only=True)
class ForecastTrial(Data):
    """A past forecast beside what came."""

    as_of: dt.date
    """The day of the forecast."""
    expected: Money
    """What was expected."""
    low: Money
    """The interval."""
    high: Money
    """Its upper end."""
    weighted: Money
    """What the stages' probabilities said."""
    actual: Money
    """What was won of those deals within the days."""

    _reads: ClassVar[dict[str, str]] = {'as_of': 'date', 'expected': 'money', 'low': 'money', 'high': 'money', 'weighted': 'money', 'actual': 'money'}


@dataclass(frozen=True, kw_only=True)
class ForecastView(Data):
    """What the open deals will bring."""

    made_at: dt.datetime
    """As of when it was made."""
    as_of: dt.date
    """The day of the forecast."""
    from_: dt.date
    """The first day that it is about."""
    until: dt.date
    """The last day that it reaches to."""
    all: Outlook
    """All together."""
    owners: Rows[OwnerForecast]
    """By owner."""
    teams: Rows[TeamForecast]
    """By team of the owners; one who is in several counts for each."""
    departments: Rows[DepartmentForecast]
    """By department of the owners, those below included."""
    deals: Rows[ForecastDeal]
    """The open deals, most expected first, the omitted ones among them."""
    without_amount: int
    """How many open deals have no amount that the actor sees; they count as worth nothing."""
    without_rate: int
    """How many are in a currency without a rate; likewise."""

    _reads: ClassVar[dict[str, str]] = {'made_at': 'instant', 'as_of': 'date', 'from': 'date', 'until': 'date', 'all': 'Outlook', 'owners': '*OwnerForecast', 'teams': '*TeamForecast', 'departments': '*DepartmentForecast', 'deals': '*ForecastDeal'}


@dataclass(frozen=True, kw_only=True)
class JudgedForecast(Data):
    """A forecast that was kept, beside what came."""

    forecast: str
    """The forecast."""
    name: str
    """What it is called."""
    version: int
    """Its version under that name."""
    as_of: dt.date
    """The day of the forecast."""
    until: dt.date
    """The last day that it reached to."""
    expected: Money
    """What was expected: what was closed by then, and of the open deals by history."""
    low: Money
    """The interval, with what was closed."""
    high: Money
    """Its upper end."""
    weighted: Money
    """What the stages' probabilities said, with what was closed."""
    actual: Money
    """What came of it: what was closed by then, and what was won of the deals that were open."""
    total: Money
    """What was won in all, deals that came later included."""
    target: Money | None
    """What was to be reached."""
    within: bool
    """Whether what came lay within the interval."""
    unseen: int
    """How many of the deals that it is about the actor doesn't see, so that what came of them is not in `actual`."""

    _reads: ClassVar[dict[str, str]] = {'as_of': 'date', 'until': 'date', 'expected': 'money', 'low': 'money', 'high': 'money', 'weighted': 'money', 'actual': 'money', 'total': 'money', 'target': '?money'}


@dataclass(frozen=True, kw_only=True)
class Outlook(Data):
    """What some deals will bring."""

    deals: int
    """How many open deals, but for those in stages of the category omitted, which are in no figure here; in the
    forecast of a period, those that are expected to close in it."""
    closed: Money
    """What was won in the period so far; nothing where no period was asked for."""
    pipeline: Money
    """What these open deals are worth."""
    best_case: Money
    """Those in stages of the categories best case and commit."""
    commit: Money
    """Those in stages of the category commit."""
    weighted: Money
    """All of them, each times the probability shown; whenever it comes."""
    expected: Money
    """The mean by history of what is won by the last day, of all open deals."""
    low: Money
    """The lower end of the interval of what is won."""
    high: Money
    """Its upper end."""
    target: Money | None
    """What is to be reached with what is closed."""
    reaches_target: float | None
    """The share of futures that reach it."""

    _reads: ClassVar[dict[str, str]] = {'closed': 'money', 'pipeline': 'money', 'best_case': 'money', 'commit': 'money', 'weighted': 'money', 'expected': 'money', 'low': 'money', 'high': 'money', 'target': '?money'}


@dataclass(frozen=True, kw_only=True)
class OwnerForecast(Data):
    """What an owner's deals will bring."""

    owner: str | None
    """The owner."""
    deals: int
    """How many open deals, but for those in stages of the category omitted, which are in no figure here; in the
    forecast of a period, those that are expected to close in it."""
    closed: Money
    """What was won in the period so far; nothing where no period was asked for."""
    pipeline: Money
    """What these open deals are worth."""
    best_case: Money
    """Those in stages of the categories best case and commit."""
    commit: Money
    """Those in stages of the category commit."""
    weighted: Money
    """All of them, each times the probability shown; whenever it comes."""
    expected: Money
    """The mean by history of what is won by the last day, of all open deals."""
    low: Money
    """The lower end of the interval of what is won."""
    high: Money
    """Its upper end."""
    target: Money | None
    """What is to be reached with what is closed."""
    reaches_target: float | None
    """The share of futures that reach it."""

    _reads: ClassVar[dict[str, str]] = {'closed': 'money', 'pipeline': 'money', 'best_case': 'money', 'commit': 'money', 'weighted': 'money', 'expected': 'money', 'low': 'money', 'high': 'money', 'target': '?money'}


@dataclass(frozen=True, kw_only=True)
class TeamForecast(Data):
    """What the deals of a team's members will bring."""

    team: str
    """The team."""
    deals: int
    """How many open deals, but for those in stages of the category omitted, which are in no figure here; in the
    forecast of a period, those that are expected to close in it."""
    closed: Money
    """What was won in the period so far; nothing where no period was asked for."""
    pipeline: Money
    """What these open deals are worth."""
    best_case: Money
    """Those in stages of the categories best case and commit."""
    commit: Money
    """Those in stages of the category commit."""
    weighted: Money
    """All of them, each times the probability shown; whenever it comes."""
    expected: Money
    """The mean by history of what is won by the last day, of all open deals."""
    low: Money
    """The lower end of the interval of what is won."""
    high: Money
    """Its upper end."""
    target: Money | None
    """What is to be reached with what is closed."""
    reaches_target: float | None
    """The share of futures that reach it."""

    _reads: ClassVar[dict[str, str]] = {'closed': 'money', 'pipeline': 'money', 'best_case': 'money', 'commit': 'money', 'weighted': 'money', 'expected': 'money', 'low': 'money', 'high': 'money', 'target': '?money'}
