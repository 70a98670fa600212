"""Types of rule. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .._record import Data
from .record import Invalid

__all__ = [
    "RuleDraft",
    "RuleTest",
    "SavedRule",
    "Tried",
]


@dataclass(frozen=True, kw_only=True)
class RuleDraft(Data):
    """What an author writes of a rule; the fields are those of `Rule`."""

    name: str = ""
    """The name."""
    purpose: Any = None
    """What it is for."""
    kind: str = ""
    """The kind of record that it is about, by name or label."""
    language: Any = None
    """What it is written in."""
    criterion: str = ""
    """When it applies."""
    source: str = ""
    """The script."""
    lines: Sequence[Any] = field(default_factory=list)
    """The lines."""
    caps: Sequence[Any] = field(default_factory=list)
    """Caps of groups."""
    threshold: int | None = None
    """The score from which on a record is qualified."""
    bands: Sequence[Any] = field(default_factory=list)
    """The scores from which on grades are given."""
    place: int | None = None
    """The order among rules of one purpose."""
    message: str = ""
    """What a person reads when the rule refuses a move."""
    triggers: Sequence[Any] = field(default_factory=list)
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

    _reads: ClassVar[dict[str, str]] = {}
