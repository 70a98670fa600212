"""Frames of any library in, frames of the same library out. Nothing is imported that the caller doesn't use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from . import _crm
from .errors import InvalidError

Table = _crm.Table

__all__ = ["convert", "to_dict"]


class ArrowStream(Protocol):
    """Whatever gives an Arrow stream: frames of polars, pandas, pyarrow, duckdb, Spark, Daft, and `crm.Table`."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """What gives one Arrow array, such as a pyarrow record batch or struct array."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


def library(frame: object) -> str:
    """The library that a frame is of, by its name."""
    return type(frame).__module__.partition(".")[0].lstrip("_")


def stream(frame: object) -> Any:
    """The frame as something with an Arrow stream: lazy ones are collected, mappings and sequences of columns built."""
    if hasattr(frame, "__arrow_c_stream__"):
        return frame
    if library(frame) in ("polars", "narwhals") and hasattr(frame, "collect"):
        return frame.collect()
    if hasattr(frame, "__arrow_c_array__"):
        import pyarrow

        return pyarrow.table(pyarrow.record_batch(frame))
    if isinstance(frame, Mapping):
        return _of_columns(frame)
    return frame


def _of_columns(columns: Mapping[str, Any]) -> Table:
    plain = [(name, values.tolist() if hasattr(values, "tolist") else list(values)) for name, values in columns.items()]
    return _crm.table_of(plain)


def like(table: Table, frame: object) -> Any:
    """The table as a frame of the library that `frame` is of; for one that is not known, the table itself."""
    name = library(frame)
    if name in ("polars", "pandas", "pyarrow", "duckdb", "narwhals", "arro3", "daft"):
        return convert(table, name, frame)
    return table


def convert(table: Table, name: str, frame: object = None) -> Any:
    """The table as a frame of a library by its name: `polars`, `pandas`, `pyarrow`, `duckdb`, …"""
    if name == "polars":
        import polars

        return polars.DataFrame(table)
    if name == "pandas":
        return _pandas(table)
    if name == "pyarrow":
        import pyarrow

        return pyarrow.table(table)
    if name == "duckdb":
        import duckdb
        import pyarrow

        return duckdb.from_arrow(pyarrow.table(table))
    if name == "narwhals":
        import narwhals

        native = "pyarrow" if frame is None else narwhals.get_native_namespace(cast(Any, frame)).__name__
        # A lazy frame of an engine comes back collected.
        eager: Any = native if native in ("polars", "pandas", "pyarrow", "modin.pandas", "cudf") else "pyarrow"
        return narwhals.from_arrow(table, backend=eager)
    if name == "arro3":
        import arro3.core

        return arro3.core.Table.from_arrow(table)
    if name == "daft":
        import daft

        return daft.from_arrow(_without_dictionaries(table))
    raise InvalidError(f"`{name}` is no library that a table is turned into", "frame.library")


def _pandas(table: Table) -> Any:
    import pandas
    import pyarrow

    arrow = pyarrow.table(table)
    # Decimals as Python objects take a hundred times as long.
    decimals = [field.name for field in arrow.schema if pyarrow.types.is_decimal(field.type)]
    frame = arrow.drop_columns(decimals).to_pandas(date_as_object=False)
    for name in decimals:
        place = arrow.column_names.index(name)
        values = pandas.array(arrow.column(name), dtype=pandas.ArrowDtype(arrow.schema.field(name).type))
        frame.insert(place, name, values)
    return frame


def _without_dictionaries(table: Table) -> Any:
    """The table for a library that takes dictionaries for Python's objects."""
    import pyarrow

    arrow = pyarrow.table(table)
    is_dictionary = pyarrow.types.is_dictionary
    plain = [field.with_type(field.type.value_type) if is_dictionary(field.type) else field for field in arrow.schema]
    return arrow.cast(pyarrow.schema(plain))


def series(table: Table, frame: object) -> Any:
    """The one column of a table as a series of the library that `frame` is of; numpy's array where that is unknown."""
    (name,) = table.column_names
    kind = library(frame)
    if kind == "polars":
        return convert(table, kind)[name]
    if kind == "pandas":
        column = _pandas(table)[name]
        column.index = frame.index  # type: ignore[attr-defined]
        return column
    if kind in ("pyarrow", "arro3", "narwhals"):
        return convert(table, kind, frame)[name]
    (values,) = to_dict(table).values()
    try:
        import numpy
    except ImportError:
        return values
    return numpy.asarray(values)


def to_dict(table: Any) -> dict[str, list[Any]]:
    """Any frame's columns as lists of Python values, without any other library."""
    return dict(_crm.lists_of(stream(table)))
