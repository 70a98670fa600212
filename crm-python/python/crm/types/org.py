"""Types of org. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from .._record import Choice, Data
from .record import Action, FieldAccess, Scope

__all__ = [
    "CustomType",
    "FieldChoice",
    "FieldColumn",
    "FieldRule",
    "Grant",
    "LifecycleDefined",
    "RateRow",
    "WeightRow",
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
class FieldChoice(Data):
    """A choice of a custom field."""

    code: str
    """Code (代码)."""
    en: str
    """English label (英文名)."""
    zh: str
    """Chinese label (中文名)."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class FieldColumn(Data):
    """A column of a custom sub-table."""

    name: str
    """Name (名称)."""
    en: str
    """English label (英文名)."""
    zh: str
    """Chinese label (中文名)."""
    ty: CustomType
    """Type (类型)."""
    target: str
    """Refers to (引用对象)."""
    choices: Sequence[FieldChoice]
    """Choices (选项)."""

    _reads: ClassVar[dict[str, str]] = {'ty': 'CustomType', 'choices': '*FieldChoice'}


@dataclass(frozen=True, kw_only=True)
class FieldRule(Data):
    """What a role may not do with a field."""

    kind: str
    """Kind (对象)."""
    field: str
    """Field (字段)."""
    access: FieldAccess
    """Access (权限)."""

    _reads: ClassVar[dict[str, str]] = {'access': 'FieldAccess'}


@dataclass(frozen=True, kw_only=True)
class Grant(Data):
    """What a role may do with a kind of record."""

    kind: str
    """Kind (对象)."""
    actions: Sequence[Action]
    """Actions (操作)."""
    scope: Scope
    """Scope (数据范围)."""

    _reads: ClassVar[dict[str, str]] = {'actions': '*Action', 'scope': 'Scope'}


@dataclass(frozen=True, kw_only=True)
class LifecycleDefined(Data):
    """What defining a lifecycle did."""

    lifecycle: str
    """The record of the definition."""
    moved: int
    """How many records were moved from a state that is gone or renamed."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class RateRow(Data):
    """What one unit of a currency is worth in the base currency from a date on."""

    currency: str | None = None
    """Currency (币种)."""
    from_: dt.date
    """From (起始日)."""
    rate: Decimal
    """Rate (汇率)."""

    _reads: ClassVar[dict[str, str]] = {'from': 'date', 'rate': 'decimal'}


@dataclass(frozen=True, kw_only=True)
class WeightRow(Data):
    """What an activity of a kind counts towards how lively a customer is."""

    kind: str
    """Kind (类型)."""
    weight: Decimal
    """Weight (权重)."""

    _reads: ClassVar[dict[str, str]] = {'weight': 'decimal'}
