"""Criteria from keywords: `amount__gt=10_000` is `amount > 10000`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from ._record import Record
from ._values import Money, instant

_WORDS = {
    "eq": "=",
    "ne": "!=",
    "gt": ">",
    "ge": ">=",
    "gte": ">=",
    "lt": "<",
    "le": "<=",
    "lte": "<=",
    "in": "in",
    "not_in": "not in",
    "contains": "contains",
    "starts_with": "starts with",
}


def literal(value: Any) -> str:
    """A value as it stands in criteria."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, Record):
        value = value.id
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return format(Decimal(str(value)), "f")
    if isinstance(value, dt.datetime):
        return literal(instant(value))
    if isinstance(value, (dt.date, Money)):
        return literal(str(value))
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raise TypeError(f"`{value!r}` can't stand in criteria")


def _one(name: str, value: Any) -> str:
    field, _, word = name.partition("__")
    while word and word not in _WORDS and "__" in word:
        # `customer__industry__in`: a path through a reference.
        step, _, word = word.partition("__")
        field = f"{field}.{step}"
    if word and word not in _WORDS:
        field, word = f"{field}.{word}", "eq"
    word = word or "eq"
    if value is None:
        return f"{field} is {'not ' if word == 'ne' else ''}empty"
    if word in ("in", "not_in"):
        items = ", ".join(literal(item) for item in value)
        return f"{field} {_WORDS[word]} ({items})"
    return f"{field} {_WORDS[word]} {literal(value)}"


def criteria(text: str | None, fields: Mapping[str, Any]) -> str | None:
    """Criteria of text and keywords together; `None` for all."""
    parts = [f"({text})"] if text and fields else [text] if text else []
    parts.extend(_one(name, value) for name, value in fields.items())
    return " and ".join(parts) or None
