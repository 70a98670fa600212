"""Commands and lists of task. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "TaskRoom",
]


class TaskRoom(Room[records.Task]):
    """Task (任务)."""

    _kind = "task"

    def cancel(
        self,
        task: str | records.Record,
        *,
        reason: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Ends a task without doing it; it does not come again.

        Parameters
        ----------
        task
            The task.
        reason
            Why.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("task.cancel", locals(), "Moved")

    def check(
        self,
        task: str | records.Record,
        item: int,
        done: bool,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Ticks off a point of a task's checklist, or takes the tick away.

        Parameters
        ----------
        task
            The task.
        item
            The point's place, from 0.
        done
            Whether it is done.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("task.check", locals())

    def create(
        self,
        subject: str,
        *,
        owner: str | records.Record | None = None,
        collaborators: Sequence[str | records.Record] | None = None,
        due_at: dt.datetime | None = None,
        priority: types.Priority | str | None = None,
        reminder_at: dt.datetime | None = None,
        recurrence: types.Recurrence | Mapping[str, Any] | None = None,
        checklist: Sequence[str] | None = None,
        about: str | records.Record | None = None,
        text: str | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a task.

        Parameters
        ----------
        subject
            What is to be done.
        owner
            Who has to do it; the actor when there is none.
        collaborators
            Who helps.
        due_at
            By when.
        priority
            How much it matters.
        reminder_at
            When to remind.
        recurrence
            When it comes again.
        checklist
            The points to tick off.
        about
            The record that it is about.
        text
            More about it.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("task.create", locals())

    def done(
        self,
        task: str | records.Record,
        *,
        outcome: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Ends a task as done; the next one is created where it comes again.

        Parameters
        ----------
        task
            The task.
        outcome
            What came of it.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("task.done", locals(), "Moved")

    def move(
        self,
        task: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a task along its lifecycle.

        Parameters
        ----------
        task
            Which one.
        to
            The state to enter, by code or label.
        reason
            Why.
        revision
            The revision that the caller knows.
        fields
            Values for fields that the move asks for, by name or label.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("task.move", locals(), "Moved")
