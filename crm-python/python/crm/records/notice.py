"""Records of notice. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt

from .._record import Record

__all__ = [
    "Notification",
]


class Notification(Record):
    """Notification (通知)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    user: str | None
    """User (成员). The id of a user."""
    subject: str | None
    """Subject (主题). Personal data."""
    body: str | None
    """Text (内容). Personal data."""
    about: str | None
    """About (关联对象)."""
    read_at: dt.datetime | None
    """Read at (已读时间)."""
    topic: str | None
    """Topic (类型)."""

    KIND = "notification"
    _title = 'subject'
    _plain = (
        "created_at",
        "created_by",
        "user",
        "subject",
        "body",
        "about",
        "read_at",
        "topic",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()
