"""Commands and lists of notice. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Sequence

from .. import records
from .._door import Room

__all__ = [
    "NotificationRoom",
]


class NotificationRoom(Room[records.Notification]):
    """Notification (通知)."""

    _kind = "notification"

    def read(
        self,
        notifications: Sequence[str | records.Record],
        *,
        key: str | None = None,
    ) -> None:
        """Marks messages of one's own inbox as read; those that are read already stay as they are.

        Parameters
        ----------
        notifications
            The messages.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("notification.read", locals())

    def send(
        self,
        user: str | records.Record,
        subject: str,
        *,
        body: str | None = None,
        about: str | records.Record | None = None,
        key: str | None = None,
    ) -> str:
        """Puts a message in a user's inbox.

        Parameters
        ----------
        user
            For whom.
        subject
            What it says, in a line.
        body
            What it says beside.
        about
            The record that it is about.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("notification.send", locals())
