"""Records of task. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .._record import Choice, Record

__all__ = [
    "Task",
    "TaskPriority",
]


class TaskPriority(Choice):
    """Task: Priority (优先级)."""

    LOW = "low"
    """Low (低)."""
    NORMAL = "normal"
    """Normal (中)."""
    HIGH = "high"
    """High (高)."""
    URGENT = "urgent"
    """Urgent (紧急)."""


class Task(Record):
    """Task (任务)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    subject: str | None
    """Subject (主题)."""
    owner: str | None
    """Assignee (负责人). The id of a user."""
    collaborators: list[str]
    """Collaborators (协作人). The id of a user."""
    due_at: dt.datetime | None
    """Due (截止时间)."""
    priority: TaskPriority | None
    """Priority (优先级)."""
    state: str | None
    """State (状态)."""
    state_since: dt.datetime | None
    """In state since (进入状态时间)."""
    spent: list[dict[str, Any]]
    """Time in states (状态用时)."""
    reminder_at: dt.datetime | None
    """Reminder (提醒时间)."""
    recurrence: dict[str, Any] | None
    """Recurrence (重复)."""
    checklist: list[dict[str, Any]]
    """Checklist (检查清单)."""
    about: str | None
    """About (关联对象)."""
    stage: str | None
    """Stage (所属阶段)."""
    gate: bool | None
    """Gate (阶段门禁)."""
    text: str | None
    """Text (说明)."""
    done_at: dt.datetime | None
    """Done at (完成时间)."""
    done_by: str | None
    """Done by (完成人). The id of a user."""
    repeats: str | None
    """Repeats (重复自). The id of a task."""
    reminded_at: dt.datetime | None
    """Reminded at (已提醒时间)."""

    KIND = "task"
    _title = 'subject'
    _plain = (
        "created_at",
        "created_by",
        "subject",
        "owner",
        "due_at",
        "priority",
        "state",
        "state_since",
        "reminder_at",
        "recurrence",
        "about",
        "stage",
        "gate",
        "text",
        "done_at",
        "done_by",
        "repeats",
        "reminded_at",
    )
    _many = ('collaborators', 'spent', 'checklist')
    _choices = {"priority": TaskPriority}
    _rows = {'spent': ['state', 'time'], 'recurrence': ['unit', 'every', 'until', 'day'], 'checklist': ['text', 'done']}
    _points = ()
