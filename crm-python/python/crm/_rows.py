"""Rows of typed values that are a frame too: what views answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from . import _crm, _frames
from ._html import table_html
from ._values import Money

if TYPE_CHECKING:
    from ._crm import Table
    from ._record import Data

__all__ = ["Rows"]

T = TypeVar("T")


class Rows(list[T]):
    """A list of typed rows, and a frame: `rows.to_polars()`, `rows.to_pandas()`, or `rows.to_arrow()` for other libraries.

    As columns, money is a decimal column and `<name>_currency`, what a row holds within another value has that value's name
    before it (`step_reached`), lists within a row are lists of values or of structs.
    """

    def __init__(self, rows: Iterable[T] = (), of: type[Data] | None = None) -> None:
        super().__init__(rows)
        self.of = of
        """The type of the rows, so that no rows still have columns."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as they are as columns: a dict a row."""
        return [_flat(row) for row in self]

    def to_arrow(self) -> Table:
        """The rows as columns."""
        flat = self.to_dicts()
        names = _names(self.of) if self.of else list(dict.fromkeys(name for row in flat for name in row))
        return _crm.table_of([(name, [row.get(name) for row in flat]) for name in names])

    def to_polars(self) -> Any:
        """The rows as a polars frame."""
        return _frames.convert(self.to_arrow(), "polars")

    def to_pandas(self) -> Any:
        """The rows as a pandas frame."""
        return _frames.convert(self.to_arrow(), "pandas")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        return table_html(self.to_dicts())


def _names(of: type[Data], before: str = "") -> list[str]:
    """The names of the columns that a type's rows have."""
    from . import types

    names: list[str] = []
    for field in dataclasses.fields(of):
        name, how = before + field.name, of._reads.get(field.name, "").removeprefix("?")
        inner = getattr(types, how, None)
        if how == "money":
            names.extend((name, f"{name}_currency"))
        elif isinstance(inner, type) and dataclasses.is_dataclass(inner):
            names.extend(_names(inner, f"{name}_"))  # type: ignore[arg-type]
        else:
            names.append(name)
    return names


def _flat(value: Any, before: str = "") -> dict[str, Any]:
    """A row as names and plain values."""
    flat: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        name, inner = before + field.name, getattr(value, field.name)
        if isinstance(inner, Money):
            flat[name], flat[f"{name}_currency"] = inner.amount, inner.currency
        elif dataclasses.is_dataclass(inner):
            flat.update(_flat(inner, f"{name}_"))
        else:
            flat[name] = plain(inner)
    return flat


def plain(value: Any) -> Any:
    """A value without types of the package: numbers, texts, dates, lists and dicts."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return [{"key": plain(key), "value": plain(inner)} for key, inner in value.items()]
    if isinstance(value, tuple):
        return {f"field_{place}": plain(inner) for place, inner in enumerate(value)}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value
