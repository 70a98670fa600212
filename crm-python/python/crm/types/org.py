"""Types of org. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "CustomType",
    "LifecycleDefined",
]


class CustomType(Choice):
    """The type of a custom field."""

    TEXT = "text"
    """Text (文本)."""
    NUMBER = "number"
    """Number (数字)."""
    MONEY = "money"
    """Money (金额)."""
    BOOL = "bool"
    """Yes/no (是否)."""
    DATE = "date"
    """Date (日期)."""
    DATE_TIME = "date_time"
    """Date and time (日期时间)."""
    CHOICE = "choice"
    """Single choice (单选)."""
    CHOICES = "choices"
    """Multiple choice (多选)."""
    REFERENCE = "reference"
    """Reference (引用)."""
    LIST = "list"
    """List (列表)."""
    TABLE = "table"
    """Sub-table (子表)."""


@dataclass(frozen=True, kw_only=True)
class LifecycleDefined(Data):
    """What defining a lifecycle did."""

    lifecycle: str
    """The record of the definition."""
    moved: int
    """How many records were moved from a state that is gone or renamed."""

    _reads: ClassVar[dict[str, str]] = {}
