"""What the journal says of changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._values import decode, to_instant

__all__ = ["Change", "FieldChange"]


@dataclass(frozen=True)
class FieldChange:
    """One field's change."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Change:
    """One entry of the journal: one change of one record."""

    position: int
    """Ascending and unique: the key by which a repeat is recognised."""
    at: dt.datetime
    actor: str
    """`system`, or the id of a user or contact."""
    record: str
    change: str
    """`created`, `updated` or `deleted`."""
    action: str
    """The command."""
    reason: str
    rule: str
    fields: tuple[FieldChange, ...]
    erased: bool

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> Change:
        fields = tuple(FieldChange(f["field"], decode(f["old"]), decode(f["new"])) for f in told["fields"])
        actor = told["actor"] if isinstance(told["actor"], str) else next(iter(told["actor"].values()))
        return cls(**{**told, "at": to_instant(told["at"]), "actor": actor, "fields": fields})
