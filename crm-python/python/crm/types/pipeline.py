"""Types of pipeline. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from .._record import Choice, Data
from .._rows import Rows

__all__ = [
    "Bottleneck",
    "Change",
    "Cohort",
    "Difference",
    "Ended",
    "Figures",
    "FunnelStage",
    "FunnelView",
    "Part",
    "Passage",
    "Step",
    "Velocity",
    "Way",
]


@dataclass(frozen=True, kw_only=True)
class Bottleneck(Data):
    """The stages that hold a pipeline up."""

    leaks: str | None
    """Where the smallest share of the deals that are decided goes on."""
    slow: str | None
    """Where half of the deals stay longest."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Change(Data):
    """One deal's change of the sum."""

    deal: str
    """The deal."""
    way: Way
    """In which way."""
    by: Decimal
    """By how much; less than zero where the sum became less."""

    _reads: ClassVar[dict[str, str]] = {'way': 'Way', 'by': 'decimal'}


@dataclass(frozen=True, kw_only=True)
class Cohort(Data):
    """What has become of the deals of one entry period."""

    entered: int
    """How many were entered."""
    closed: int
    """How many are won or lost."""
    won: int
    """How many are won."""
    open: int
    """How many are open: what becomes of them is not known, so rates of a young cohort still move."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Difference(Data):
    """What lies between two states: `before` and the parts add up to `after`."""

    before: Decimal
    """The sum of the open deals that are looked at, before."""
    after: Decimal
    """The same, after."""
    parts: Mapping[str, Part]
    """The changes by way."""
    changes: Rows[Change]
    """The changes deal by deal, in the order of deals."""
    without_value: int
    """How many deals that are counted in either state have no known value there, so that they add nothing."""

    _reads: ClassVar[dict[str, str]] = {'before': 'decimal', 'after': 'decimal', 'parts': '%Part', 'changes': '*Change'}


@dataclass(frozen=True, kw_only=True)
class Ended(Data):
    """How the deals of a group ended."""

    won: int
    """How many were won."""
    lost: int
    """How many were lost."""
    won_value: Decimal
    """What the won ones are worth."""
    lost_value: Decimal
    """What the lost ones would have been worth."""

    _reads: ClassVar[dict[str, str]] = {'won_value': 'decimal', 'lost_value': 'decimal'}


@dataclass(frozen=True, kw_only=True)
class Figures(Data):
    """The figures of a set of deals."""

    closed: int
    """Won and lost."""
    won: int
    """Won."""
    lost: int
    """Lost."""
    open: int
    """Still open."""
    win_rate: float | None
    """Won ÷ closed, none while nothing is closed."""
    won_value: Decimal
    """The sum of the won deals' values, as far as they are known."""
    mean_value: float | None
    """The mean of the won deals' values that are known."""
    median_value: Decimal | None
    """The value that half of the won deals whose value is known stay below."""
    mean_cycle: dt.timedelta | None
    """The mean time from start to close of the won deals that have both."""
    median_cycle: dt.timedelta | None
    """The time that half of the won deals stay below."""
    mean_cycle_closed: dt.timedelta | None
    """The mean time from start to close of all closed deals that have both."""
    velocity_per_day: float | None
    """Value won per day of the mean cycle."""

    _reads: ClassVar[dict[str, str]] = {'won_value': 'decimal', 'median_value': '?decimal', 'mean_cycle': '?span', 'median_cycle': '?span', 'mean_cycle_closed': '?span'}


@dataclass(frozen=True, kw_only=True)
class FunnelStage(Data):
    """A stage of a funnel."""

    en: str
    """Its English label."""
    zh: str
    """Its Chinese label."""
    step: Step
    """How far deals come."""
    median_time: dt.timedelta | None
    """The time that half of the deals stay below; none where none was."""

    _reads: ClassVar[dict[str, str]] = {'step': 'Step', 'median_time': '?span'}


@dataclass(frozen=True, kw_only=True)
class FunnelView(Data):
    """A funnel."""

    pipeline: str
    """The pipeline."""
    stages: Rows[FunnelStage]
    """Its stages on the way to winning, in order."""
    bottleneck: Bottleneck
    """Where deals leak away and where they wait."""
    figures: Figures
    """Win rate, values, cycle."""
    cohorts: Mapping[str, Cohort]
    """What has become of the deals by the month in which they were created, such as `2026-03`."""
    passages: Rows[Passage]
    """What entered and left each stage from `from` up to `to` or now, of all deals of the pipeline that pass the filter,
    whenever they were created; nothing where neither is given."""
    velocity: Velocity | None
    """Value per day, over the time from the first deal or `from` to `to` or now, of all deals of the pipeline that
    pass the filter, those created before included."""
    without_amount: int
    """How many of the deals have no amount that the actor sees; they are in no mean value."""
    without_rate: int
    """How many are in a currency without a rate; likewise."""
    reasons: Mapping[str, Ended]
    """What was won and lost by reason."""
    competitors: Mapping[str, Ended]
    """What was won and lost against each competitor."""

    _reads: ClassVar[dict[str, str]] = {'stages': '*FunnelStage', 'bottleneck': 'Bottleneck', 'figures': 'Figures', 'cohorts': '%Cohort', 'passages': '*Passage', 'velocity': '?Velocity', 'reasons': '%Ended', 'competitors': '%Ended'}


@dataclass(frozen=True, kw_only=True)
class Part(Data):
    """All changes of one way."""

    deals: int
    """How many deals."""
    by: Decimal
    """By how much together."""

    _reads: ClassVar[dict[str, str]] = {'by': 'decimal'}


@dataclass(frozen=True, kw_only=True)
class Passage(Data):
    """What entered a stage within a stretch of time, and where it was by the end of that."""

    stage: str
    """The stage."""
    entered: int
    """How often it was entered; a deal that came back counts again."""
    went_on: int
    """Of these, how many went on to a farther stage."""
    went_back: int
    """How many went back to an earlier one."""
    lost: int
    """How many were lost here."""
    still_here: int
    """How many were still here: what becomes of them is not known, so they are in no rate."""
    left: int
    """How many left the stage within the time for any other, whenever they had entered it."""
    conversion: float | None
    """Went on ÷ (went on + went back + lost)."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Step(Data):
    """One step of a funnel."""

    stage: str
    """The stage."""
    reached: int
    """How many deals came at least as far."""
    went_on: int
    """How many of them came farther."""
    lost_here: int
    """How many of them were lost here, that is before they came farther."""
    stand_here: int
    """How many of them stand here now."""
    conversion: float | None
    """Went on ÷ (went on + lost here): deals that still stand here are not counted against it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Velocity(Data):
    """How much value a pipeline brought a day of a window."""

    from_: dt.datetime
    """The first instant of the window."""
    to: dt.datetime
    """The first one after it."""
    realised_per_day: float
    """The value won in the window ÷ its days."""
    mean_open: float
    """The mean number of deals that were open, over the window's time."""
    by_open_per_day: float | None
    """Mean open × win rate × mean value ÷ mean cycle of the deals that closed in the window. Below
    the realised value the pipeline grows older, above it is being worked off faster than it fills."""

    _reads: ClassVar[dict[str, str]] = {'from': 'instant', 'to': 'instant'}


class Way(Choice):
    """In which way a deal changed the sum."""

    NEW = "new"
    """It was not there before."""
    REOPENED = "reopened"
    """It had been closed and is open again."""
    MOVED_IN = "moved_in"
    """It came within what is looked at."""
    UP = "up"
    """It is worth more."""
    DOWN = "down"
    """It is worth less."""
    MOVED_OUT = "moved_out"
    """It went out of what is looked at."""
    WON = "won"
    """It was won."""
    LOST = "lost"
    """It was lost."""
    GONE = "gone"
    """It is not there any more."""
