"""Records of failed_work. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt

from .._record import Record

__all__ = [
    "FailedWork",
]


class FailedWork(Record):
    """Failed work (失败工作)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    work: str | None
    """Work (工作)."""
    about: str | None
    """About (关联对象)."""
    note: str | None
    """Note (内容). Personal data."""
    due_at: dt.datetime | None
    """Due at (到期时间)."""
    error: str | None
    """Error (错误). Personal data."""
    tries: int | None
    """Tries (尝试次数)."""

    KIND = "failed_work"
    _title = 'work'
    _plain = (
        "created_at",
        "created_by",
        "work",
        "about",
        "note",
        "due_at",
        "error",
        "tries",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()
