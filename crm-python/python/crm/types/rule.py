"""Types of rule. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .._record import Choice, Data
from .record import Invalid, Language, RulePurpose

__all__ = [
    "Band",
    "Event",
    "GroupCap",
    "RuleDraft",
    "RuleLine",
    "RuleTest",
    "SavedRule",
    "Tried",
    "Trigger",
]


@dataclass(frozen=True, kw_only=True)
class Band(Data):
    """The score from which on a grade is given."""

    grade: str
    """Grade (等级)."""
    from_: int
    """From (起始分)."""

    _reads: ClassVar[dict[str, str]] = {}


class Event(Choice):
    """What an automation reacts to."""

    CREATED = "created"
    """Created (新建)."""
    CHANGED = "changed"
    """Changed (变更)."""
    FIELD_CHANGED = "field_changed"
    """Field changed (字段变更)."""
    STATE_ENTERED = "state_entered"
    """State entered (进入状态)."""
    ACTIVITY_LOGGED = "activity_logged"
    """Activity logged (记录互动)."""
    DUE_REACHED = "due_reached"
    """Due (到期)."""
    SCORE_CROSSED = "score_crossed"
    """Score crossed (评分越过)."""
    DELETED = "deleted"
    """Deleted (删除)."""


@dataclass(frozen=True, kw_only=True)
class GroupCap(Data):
    """How many points the lines of a group give together."""

    most: int | None = None
    """At most (上限)."""
    least: int | None = None
    """At least (下限)."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class RuleDraft(Data):
    """What an author writes of a rule; the fields are those of `Rule`."""

    name: str = ""
    """The name."""
    purpose: RulePurpose | None = None
    """What it is for."""
    kind: str = ""
    """The kind of record that it is about, by name or label."""
    language: Language | None = None
    """What it is written in."""
    criterion: str = ""
    """When it applies."""
    source: str = ""
    """The script."""
    lines: Sequence[RuleLine] = field(default_factory=list)
    """The lines."""
    caps: Sequence[GroupCap] = field(default_factory=list)
    """Caps of groups."""
    threshold: int | None = None
    """The score from which on a record is qualified."""
    bands: Sequence[Band] = field(default_factory=list)
    """The scores from which on grades are given."""
    place: int | None = None
    """The order among rules of one purpose."""
    message: str = ""
    """What a person reads when the rule refuses a move."""
    triggers: Sequence[Trigger] = field(default_factory=list)
    """What an automation reacts to."""
    calls: Sequence[Any] = field(default_factory=list)
    """What an automation does."""
    runs_as: str | None = None
    """The role with whose rights it looks at other records."""
    examples: Sequence[Any] = field(default_factory=list)
    """Examples."""
    most_failures: int | None = None
    """How often in a row it may fail."""
    notes: str = ""
    """Notes."""

    _reads: ClassVar[dict[str, str]] = {'purpose': 'RulePurpose', 'language': 'Language', 'lines': '*RuleLine', 'caps': '*GroupCap', 'bands': '*Band', 'triggers': '*Trigger'}


@dataclass(frozen=True, kw_only=True)
class RuleLine(Data):
    """One line of a scoring or level rule: what it gives when its criterion holds."""

    points: int | None = None
    """Points (分数)."""
    half_life_days: int | None = None
    """Half-life in days (半衰期（天）)."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class RuleTest(Data):
    """What trying a rule showed."""

    problems: Sequence[Invalid]
    """What is wrong with it."""
    examples: Sequence[Tried]
    """What came of each example."""
    reads: Sequence[str]
    """Every field that it reads, as `kind.field`; nothing when that can't be told."""

    _reads: ClassVar[dict[str, str]] = {'problems': '*Invalid', 'examples': '*Tried'}


@dataclass(frozen=True, kw_only=True)
class SavedRule(Data):
    """What saving a rule did."""

    rule: str
    """The rule."""
    version: int
    """Its version now."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Tried(Data):
    """What came of an example."""

    facts: str
    """Its facts."""
    expected: str
    """What was expected."""
    answered: str
    """What the rule answered, or why it failed."""
    good: bool
    """Whether that is what was expected."""
    problem: Invalid | None = None
    """What is wrong with it, if it is not, at its place."""

    _reads: ClassVar[dict[str, str]] = {'problem': '?Invalid'}


@dataclass(frozen=True, kw_only=True)
class Trigger(Data):
    """One change that an automation reacts to."""

    on: Event
    """On (事件)."""
    score: int | None = None
    """Score (评分)."""

    _reads: ClassVar[dict[str, str]] = {'on': 'Event'}
