"""Types of flows. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data
from .lead import MatchKey
from .record import MoveDirection, StateClass
from .task import Priority

__all__ = [
    "CaptureOutcome",
    "Captured",
    "Converted",
    "Duplicate",
    "FollowUp",
    "Given",
    "GivenByHand",
    "HandOverRule",
    "HandedOver",
    "Hidden",
    "Logged",
    "Moved",
]


class CaptureOutcome(Choice):
    """What became of a captured lead."""

    TAKEN = "taken"
    """Taken (已新建)."""
    MERGED = "merged"
    """Merged (已合并)."""
    NOTED = "noted"
    """Noted on the customer (已记为互动)."""
    RECEIVED = "received"
    """Received (已收到)."""


@dataclass(frozen=True, kw_only=True)
class Captured(Data):
    """What was done with a captured lead, and why."""

    outcome: CaptureOutcome
    """What became of it."""
    lead: str | None = None
    """The lead that it is or was merged into, if the actor may know."""
    activity: str | None = None
    """The activity that notes it on a customer, if the actor may know."""
    duplicates: Sequence[Duplicate]
    """The records that it repeats and the actor sees, surest first."""
    hidden: Hidden | None = None
    """What the actor learns of those that he does not see."""
    score: int | None = None
    """The score, when a rule scored it."""
    given: Given | None = None
    """Where it went; none when it has no owner and no rule has anybody."""
    why: Sequence[str]
    """The steps, in words."""

    _reads: ClassVar[dict[str, str]] = {'outcome': 'CaptureOutcome', 'duplicates': '*Duplicate', 'hidden': '?Hidden', 'given': '?Given'}


@dataclass(frozen=True, kw_only=True)
class Converted(Data):
    """What a lead became or joined."""

    customer: str | None = None
    """The customer."""
    contact: str | None = None
    """The contact."""
    opportunity: str | None = None
    """The opportunity."""
    created: Sequence[str]
    """Everything that was created for it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Duplicate(Data):
    """A record that a lead repeats."""

    record: str
    """The record."""
    keys: Sequence[MatchKey]
    """What they have in common."""

    _reads: ClassVar[dict[str, str]] = {'keys': '*MatchKey'}


@dataclass(frozen=True, kw_only=True)
class FollowUp(Data):
    """What to do next, given with an activity."""

    subject: str
    """What."""
    due_at: dt.datetime
    """By when."""
    owner: str | None = None
    """Who; the actor when there is none."""
    priority: Priority | None = None
    """How much it matters."""
    reminder_at: dt.datetime | None = None
    """When to remind."""

    _reads: ClassVar[dict[str, str]] = {'due_at': 'instant', 'priority': '?Priority', 'reminder_at': '?instant'}


@dataclass(frozen=True, kw_only=True)
class Given(Data):
    """Where a lead went, and why."""

    owner: str | None = None
    """The user who follows it."""
    pool: str | None = None
    """The pool it lies in."""
    waits_until: dt.datetime | None = None
    """Until when it waits for working hours."""
    rule: str
    """The rule that said so; none by hand."""
    reason: str
    """Why."""

    _reads: ClassVar[dict[str, str]] = {'waits_until': '?instant'}


@dataclass(frozen=True, kw_only=True)
class GivenByHand(Data):
    """One record and who gets it."""

    record: str
    """The record."""
    to: str
    """Who gets it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class HandOverRule(Data):
    """Who gets the records that no hand gave: the first rule that fits one."""

    kind: str | None = None
    """Of which kind; any when there is none."""
    filter: str = ""
    """Which of them, as the text of a filter; all when empty."""
    to: Sequence[str]
    """Who gets them, in turn."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class HandedOver(Data):
    """What a hand-over moved."""

    moved: Mapping[str, int]
    """How many records went over, by kind; subordinates count as users."""
    got: Mapping[str, int]
    """How many each successor got."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Hidden(Data):
    """That there is a duplicate which the actor does not see."""

    owner: str | None = None
    """The name of its owner, where the tenant's settings disclose it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Logged(Data):
    """What logging an activity made."""

    activity: str
    """The activity."""
    task: str | None = None
    """The task for the follow-up."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Moved(Data):
    """What a move did."""

    record: str
    """The record."""
    from_: str
    """The state that it left."""
    to: str
    """The state that it entered."""
    direction: MoveDirection
    """Which way it went."""
    class_: StateClass
    """What the state entered means."""
    tasks: Sequence[str]
    """The tasks that were created."""

    _reads: ClassVar[dict[str, str]] = {'direction': 'MoveDirection', 'class': 'StateClass'}
