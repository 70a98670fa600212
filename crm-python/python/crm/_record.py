"""What records, choices and data of commands are made of."""

from __future__ import annotations

import dataclasses
import datetime as dt
import keyword
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, NamedTuple, TypeVar

from ._html import table_html, value_html
from ._values import Money, decode, to_instant
from .errors import InvalidError

D = TypeVar("D", bound="Data")


class Choice(str, Enum):
    """One of a closed list of codes; equal to its code as text."""

    def __str__(self) -> str:
        return str(self.value)


class ContactPoint(NamedTuple):
    """A telephone number or e-mail address."""

    raw: str
    """As it was entered."""
    normal: str | None
    """In normal form (E.164 for numbers), where it has one."""

    def __str__(self) -> str:
        return self.normal or self.raw


class Record:
    """A record as its actor is shown it: an attribute a field, `None` or an empty list where it has no value.

    Custom fields are attributes by their machine name too; a name that is
    a word of Python has an underscore after it (`from_`). A record is a value: it doesn't follow later changes, and is
    changed by commands alone.
    """

    id: str
    """Its id, such as `lead_01j…`."""
    revision: int
    """How often it was changed; give it back with a change to have that refused if somebody came first."""

    KIND: ClassVar[str] = ""
    """The kind of record: `lead`."""

    _fields: dict[str, Any]
    _title: ClassVar[str | None] = None
    _plain: ClassVar[tuple[str, ...]] = ()
    _many: ClassVar[tuple[str, ...]] = ()
    _choices: ClassVar[dict[str, type[Choice]]] = {}
    _rows: ClassVar[dict[str, list[str]]] = {}
    _points: ClassVar[tuple[str, ...]] = ()

    def __init__(self, id: str, revision: int, fields: Mapping[str, Any]) -> None:
        self.__dict__.update({_attribute(name): None for name in self._plain})
        self.__dict__.update({_attribute(name): [] for name in self._many})
        self.__dict__.update({_attribute(name): value for name, value in fields.items()})
        self.__dict__.update(id=id, revision=revision, _fields=dict(fields))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a record is a value: change `{name}` by a command, such as `record.update`")

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> Any:
        """The record that the engine tells as data."""
        # In the order in which the kind declares them, then those of the tenant's own.
        given = told["fields"]
        order = [name for name in cls.__annotations__ if name in given]
        fields = {name: decode(given[name]) for name in dict.fromkeys([*order, *given])}
        for name, choice in cls._choices.items():
            if name in fields:
                fields[name] = _chosen(choice, fields[name])
        for name, columns in cls._rows.items():
            if isinstance(fields.get(name), list):
                fields[name] = _rows(columns, fields[name], name in cls._many)
        for name in cls._points:
            if fields.get(name):
                several = name in cls._many
                fields[name] = [_point(row) for row in fields[name]] if several else _point(fields[name])
        return cls(told["id"], told["revision"], fields)

    def to_dict(self) -> dict[str, Any]:
        """Its id, revision and the fields that have a value."""
        return {"id": self.id, "revision": self.revision, **self._fields}

    def __crm__(self) -> str:
        # Wherever a record is asked for, its id stands for it.
        return self.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and (self.id, self.revision) == (other.id, other.revision)

    def __hash__(self) -> int:
        return hash((self.id, self.revision))

    def __repr__(self) -> str:
        title = getattr(self, self._title, None) if self._title else None
        return f"<{type(self).__name__} {self.id} {title!r}>" if title else f"<{type(self).__name__} {self.id}>"

    def _repr_html_(self) -> str:
        return table_html([{"field": name, "value": value} for name, value in self.to_dict().items()], repr(self))


# What is seldom looked for.
_ASIDE = ("revision", "created_at", "created_by", "lifecycle", "state_since", "spent")


def columns_of(records: Sequence[Record], most: int) -> list[str]:
    """The fields that a table of records shows: those with a value, their id first, at most so many."""
    names = dict.fromkeys(name for record in records for name in record.to_dict())
    return [name for name in names if name not in _ASIDE][:most]


def _attribute(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _chosen(choice: type[Choice], value: Any) -> Any:
    if isinstance(value, list):
        return [_chosen(choice, item) for item in value]
    try:
        return choice(value)
    except ValueError:
        # A choice that a later version, or the tenant, has added.
        return value


def _point(row: Any) -> Any:
    return ContactPoint(row[0], (row[1:] or [None])[0] or None) if isinstance(row, list) and row else row


def _rows(columns: list[str], value: list[Any], many: bool) -> Any:
    if many:
        return [dict(zip(columns, row, strict=False)) if isinstance(row, list) else row for row in value]
    return dict(zip(columns, value, strict=False))


def as_stored(fields: Mapping[str, Any], kind: type[Record] | None) -> dict[str, Any]:
    """Fields as the engine takes them: rows that are given by the names of their columns become lists."""
    given = dict(fields)
    for name, columns in kind._rows.items() if kind else ():
        value = given.get(name)
        if isinstance(value, (Mapping, Data)):
            given[name] = _cells(name, value, columns)
        elif isinstance(value, (list, tuple)):
            given[name] = [_cells(name, row, columns) if isinstance(row, (Mapping, Data)) else row for row in value]
    return given


def _cells(field: str, row: Mapping[str, Any] | Data, columns: list[str]) -> list[Any]:
    told = row.__crm__() if isinstance(row, Data) else row
    if unknown := [name for name in told if name not in columns]:
        raise InvalidError(f"`{field}` has no column `{unknown[0]}`; it has {', '.join(columns)}", "value.type")
    return [told.get(name) for name in columns]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data:
    """A struct that travels as data: what a command takes or answers."""

    _reads: ClassVar[dict[str, str]] = {}

    def __crm__(self) -> dict[str, Any]:
        # What wasn't said is left to the engine's own default.
        missing = dataclasses.MISSING
        said = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            needed = field.default is missing and field.default_factory is missing
            unsaid = value == field.default or (isinstance(value, (list, dict, tuple)) and not value)
            if needed or not unsaid:
                said[field.name.rstrip("_")] = value
        return said

    @classmethod
    def _told(cls: type[D], told: Mapping[str, Any]) -> D:
        known = {field.name for field in dataclasses.fields(cls)}
        values = {_attribute(name): read(cls._reads.get(name, ""), value) for name, value in told.items()}
        return cls(**{name: value for name, value in values.items() if name in known})

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, field.name) for field in dataclasses.fields(self))

    def _repr_html_(self) -> str:
        return value_html(self)


_READ: dict[str, Any] = {
    "": lambda value: value,
    "value": decode,
    "decimal": Decimal,
    "date": dt.date.fromisoformat,
    "instant": to_instant,
    "span": lambda micros: dt.timedelta(microseconds=micros),
    "money": lambda money: Money(money["amount"], money["currency"]),
}


def read(how: str, value: Any) -> Any:
    """Data as a value: `?` may be none, `*` a list, `%` a mapping, `(a|b)` a pair, then a plain type or a type's name."""
    if value is None:
        return None
    if how[:1] == "?":
        return read(how[1:], value)
    if how[:1] == "%":
        return {name: read(how[1:], item) for name, item in value.items()}
    if how[:1] == "(":
        return tuple(read(inner, item) for inner, item in zip(how[1:-1].split("|"), value, strict=True))
    if how in _READ:
        return _READ[how](value)
    from . import types

    if how[:1] == "*":
        several = (read(how[1:], item) for item in value)
        inner = getattr(types, how[1:], None)
        return types.Rows(several, inner) if inner and issubclass(inner, Data) else list(several)

    kind = getattr(types, how)
    return kind._told(value) if issubclass(kind, Data) else _chosen(kind, value)
