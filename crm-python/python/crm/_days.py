"""Days as the engine counts them: from 1970-01-01."""

from __future__ import annotations

import datetime as dt

EPOCH = dt.date(1970, 1, 1)


def to_day(day: dt.date | str | None) -> int | None:
    """The number of a day given as a date, a datetime or ISO text."""
    if day is None:
        return None
    if isinstance(day, str):
        day = dt.date.fromisoformat(day[:10])
    if isinstance(day, dt.datetime):
        day = day.date()
    return (day - EPOCH).days


def from_day(number: int) -> dt.date:
    """The day of a number."""
    return EPOCH + dt.timedelta(days=number)
