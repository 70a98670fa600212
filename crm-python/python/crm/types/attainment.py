"""Types of attainment. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from .._record import Data
from .target import Metric

__all__ = [
    "Attainment",
    "TargetReached",
]


@dataclass(frozen=True, kw_only=True)
class Attainment(Data):
    """A target beside what was reached."""

    share: float
    """What was reached, over what was to be reached; 1 is the target."""
    elapsed: float
    """The share of the period's days that has passed."""
    pace: float | None
    """The share reached over the share passed: 1 is on time, less is behind; none before the first day."""
    outlook: Decimal | None
    """What will have been reached on the last day if it goes on at that pace; none before the first day."""
    missing: Decimal
    """What is missing, not less than nothing."""
    missing_per_day: Decimal | None
    """What is missing for each day that is left; none when none is."""

    _reads: ClassVar[dict[str, str]] = {'outlook': '?decimal', 'missing': 'decimal', 'missing_per_day': '?decimal'}


@dataclass(frozen=True, kw_only=True)
class TargetReached(Data):
    """How far a target is reached."""

    target: str
    """The target."""
    name: str
    """What it is called."""
    metric: Metric
    """What is measured."""
    from_: dt.date
    """The first day."""
    until: dt.date
    """The last day."""
    goal: Decimal
    """What is to be reached, in units of the currency where there is one."""
    reached: Decimal
    """What was reached by the session's day, of what the actor sees."""
    currency: str | None
    """The currency; none for numbers."""
    without_amount: int
    """How many of the deals that count have no amount that the actor sees; they bring nothing."""
    without_rate: int
    """How many are in a currency without a rate; likewise."""
    share: float
    """What was reached, over what was to be reached; 1 is the target."""
    elapsed: float
    """The share of the period's days that has passed."""
    pace: float | None
    """The share reached over the share passed: 1 is on time, less is behind; none before the first day."""
    outlook: Decimal | None
    """What will have been reached on the last day if it goes on at that pace; none before the first day."""
    missing: Decimal
    """What is missing, not less than nothing."""
    missing_per_day: Decimal | None
    """What is missing for each day that is left; none when none is."""

    _reads: ClassVar[dict[str, str]] = {'metric': 'Metric', 'from': 'date', 'until': 'date', 'goal': 'decimal', 'reached': 'decimal', 'outlook': '?decimal', 'missing': 'decimal', 'missing_per_day': '?decimal'}
