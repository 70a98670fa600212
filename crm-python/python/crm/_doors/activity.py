"""Commands and lists of activity. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "ActivityRoom",
    "ActivityTypeRoom",
]


class ActivityRoom(Room[records.Activity]):
    """Activity (互动记录)."""

    _kind = "activity"

    def log(
        self,
        about: str | records.Record,
        kind: str,
        *,
        direction: types.Direction | str | None = None,
        at: dt.datetime | None = None,
        minutes: int | None = None,
        contact: str | records.Record | None = None,
        participants: Sequence[types.Participant | Mapping[str, Any]] | None = None,
        subject: str | None = None,
        text: str | None = None,
        outcome: str | None = None,
        position: types.Position | Mapping[str, Any] | None = None,
        next: types.FollowUp | Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Logged:
        """Logs an activity about a record and, if asked, sets the next follow-up in the same call.

        The record, and for a deal or contact its customer too, remember when something last
        happened; our first answer to a lead sets its response time and begins its following.

        Parameters
        ----------
        about
            The record that it is about.
        kind
            What kind of activity.
        direction
            Who began it.
        at
            When it began; now when there is none.
        minutes
            How long it took.
        contact
            With whom.
        participants
            Who took part beside.
        subject
            The subject.
        text
            What was said, done or found.
        outcome
            What came of it.
        position
            Where.
        next
            What to do next.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("activity.log", locals(), "Logged")


class ActivityTypeRoom(Room[records.ActivityType]):
    """Activity type (互动类型)."""

    _kind = "activity_type"
