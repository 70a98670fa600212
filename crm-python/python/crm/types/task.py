"""Types of task. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "Every",
    "Priority",
    "Recurrence",
]


class Every(Choice):
    """The unit in which a recurrence counts."""

    DAY = "day"
    """Daily (每天)."""
    WEEK = "week"
    """Weekly (每周)."""
    MONTH = "month"
    """Monthly (每月)."""


class Priority(Choice):
    """How much it matters."""

    LOW = "low"
    """Low (低)."""
    NORMAL = "normal"
    """Normal (中)."""
    HIGH = "high"
    """High (高)."""
    URGENT = "urgent"
    """Urgent (紧急)."""


@dataclass(frozen=True, kw_only=True)
class Recurrence(Data):
    """When a task comes again after it is done: every so many days, weeks or months, until a day."""

    unit: Every
    """Unit (周期)."""
    every: int
    """Every (间隔)."""
    until: dt.date | None = None
    """Until (截止日期)."""
    day: int | None = None
    """Day of the month (每月几号)."""

    _reads: ClassVar[dict[str, str]] = {'unit': 'Every', 'until': '?date'}
