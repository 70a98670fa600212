"""Types of insight. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from .._record import Data
from .._values import Money

__all__ = [
    "ActivityLevel",
    "PriorityDeal",
]


@dataclass(frozen=True, kw_only=True)
class ActivityLevel(Data):
    """How lively a customer is."""

    customer: str
    """The customer."""
    level: float
    """The count at the session's instant."""
    level_before: float
    """The count one half-life earlier, of what had happened by then."""
    activities: int
    """How many activities."""
    last_at: dt.datetime
    """When the last one was."""
    days_since: int
    """Whole days since."""
    silent_from: dt.datetime | None
    """When the level falls below the threshold if nothing more happens; none when it is below."""

    _reads: ClassVar[dict[str, str]] = {'last_at': 'instant', 'silent_from': '?instant'}


@dataclass(frozen=True, kw_only=True)
class PriorityDeal(Data):
    """An open deal and what it is worth a seller's time."""

    deal: str
    """The deal."""
    name: str
    """Its name."""
    customer: str | None
    """With whom."""
    owner: str | None
    """Who is in charge."""
    chance: float
    """The probability that the deal shows."""
    expected: Money
    """Probability × value."""
    expected_margin: Money | None
    """Probability × margin: the value less the unit costs of the products in the lines. None where there are no
    lines, or the actor doesn't see what each costs."""
    per_activity: Money
    """The expected margin, or the expected value where that isn't known, per activity spent so far and the next one."""
    activities: int
    """How many activities were spent on it."""
    days_to_close: int | None
    """Days until it is expected to close; less than zero when that has passed."""
    days_silent: int
    """Days since anything was done about it."""
    priority: float
    """The order of the day: see `worth`."""

    _reads: ClassVar[dict[str, str]] = {'expected': 'money', 'expected_margin': '?money', 'per_activity': 'money'}
