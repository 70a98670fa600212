"""Types of base. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "Bucket",
    "DateRange",
    "Disclosure",
]


class Bucket(Choice):
    """A length of time that reports count by."""

    DAY = "day"
    """A day."""
    WEEK = "week"
    """A week from Monday to Sunday (ISO 8601)."""
    MONTH = "month"
    """A month."""
    QUARTER = "quarter"
    """A calendar quarter."""
    YEAR = "year"
    """A calendar year."""
    FISCAL_QUARTER = "fiscal_quarter"
    """A quarter of the fiscal year."""
    FISCAL_YEAR = "fiscal_year"
    """A fiscal year."""


@dataclass(frozen=True, kw_only=True)
class DateRange(Data):
    """Days from `from` up to, not including, `to`."""

    from_: dt.date
    """The first day."""
    to: dt.date
    """The day after the last."""

    _reads: ClassVar[dict[str, str]] = {'from': 'date', 'to': 'date'}


class Disclosure(Choice):
    """What a user learns of a duplicate that he may not see."""

    NOTHING = "nothing"
    """Nothing (不透露)."""
    EXISTS = "exists"
    """That there is one (仅提示存在)."""
    OWNER = "owner"
    """Its owner's name (提示负责人)."""
