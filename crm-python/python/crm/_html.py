"""Tables as notebooks show them."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.2f}"
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list) or type(value) is tuple:
        return "; ".join(cell(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {cell(inner)}" for name, inner in value.items())
    return str(value)


def table_html(rows: Sequence[Mapping[str, Any]], caption: str = "", limit: int = 50) -> str:
    """Rows as an HTML table, numbers to the right."""
    names = list(rows[0]) if rows else []
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    lines = []
    for row in rows[:limit]:
        cells = []
        for name in names:
            value = row.get(name)
            number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
            style = ' style="text-align:right"' if number else ""
            cells.append(f"<td{style}>{html.escape(cell(value))}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    rest = f"<caption style='caption-side:bottom'>… {len(rows) - limit} more</caption>" if len(rows) > limit else ""
    title = f"<div>{html.escape(caption)}</div>" if caption else ""
    return f"{title}<table>{rest}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def value_html(value: Any) -> str:
    """A typed value as HTML: its plain fields as a table, then each list of rows in one of its own."""
    plain: list[dict[str, Any]] = []
    tables: list[str] = []
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if hasattr(inner, "_repr_html_"):
            tables.append(f"<div>{html.escape(field.name)}</div>{inner._repr_html_()}")
        else:
            plain.append({"field": field.name, "value": inner})
    return table_html(plain, type(value).__name__) + "".join(tables)
