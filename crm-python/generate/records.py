"""Classes of records, one a kind, from the engine's schema."""

from __future__ import annotations

import keyword
from typing import Any

HEAD = '''"""Records as typed objects, one class a kind. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from ._record import Choice, ContactPoint, Record
from ._values import Money

'''

PLAIN = {
    "bool": "bool",
    "int": "int",
    "decimal": "Decimal",
    "text": "str",
    "date": "dt.date",
    "instant": "dt.datetime",
    "duration": "dt.timedelta",
    "money": "Money",
    "currency": "str",
    "record": "str",
    "choice": "str",
    "phone": "ContactPoint",
    "email": "ContactPoint",
    "row": "dict[str, Any]",
}


def class_name(kind: str) -> str:
    """The class of a kind."""
    return "".join(part.capitalize() for part in kind.split("_"))


def member(code: str) -> str:
    """A code as the name of an enum's member."""
    name = "".join(letter if letter.isalnum() else "_" for letter in code).upper()
    return f"N{name}" if name[:1].isdigit() else name or "NONE"


def attribute(name: str) -> str:
    """A field's name as Python can say it: `from_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def write(schema: list[dict[str, Any]]) -> str:
    """The module's text."""
    parts = [HEAD]
    names = []
    for kind in schema:
        text, defined = _class(kind)
        parts.append(text)
        names.extend(defined)
    names.extend(["Choice", "ContactPoint", "KINDS", "Record"])
    parts.append("\n\nKINDS: dict[str, type[Record]] = {\n")
    parts.extend(f'    "{kind["name"]}": {class_name(kind["name"])},\n' for kind in schema)
    parts.append("}\n")
    exported = "".join(f'    "{name}",\n' for name in sorted(names))
    parts.insert(1, f"__all__ = [\n{exported}]\n")
    return "".join(parts)


def _class(kind: dict[str, Any]) -> tuple[str, list[str]]:
    name = class_name(kind["name"])
    lines, defined, choices = [], [name], []
    for field in kind["fields"]:
        ty = PLAIN[field["type"]]
        if field["type"] == "choice" and field["choices"]:
            ty = name + class_name(field["name"])
            defined.append(ty)
            choices.append(_choice(ty, kind, field))
        several = field["many"]
        lines.append(f"    {attribute(field['name'])}: {f'list[{ty}]' if several else f'{ty} | None'}\n")
        of = f" The id of a {field['of']}." if field["of"] else ""
        personal = " Personal data." if "personal" in field["marks"] else ""
        lines.append(f'    """{field["en"]} ({field["zh"]}).{of}{personal}"""\n')
    enums = [f for f in kind["fields"] if f["type"] == "choice" and f["choices"]]
    by_field = ", ".join(f'"{f["name"]}": {name + class_name(f["name"])}' for f in enums)
    points = [f["name"] for f in kind["fields"] if f["type"] in ("phone", "email")]
    rows = {
        f["name"]: [c["name"] for c in f["columns"]] for f in kind["fields"] if f["columns"] and f["name"] not in points
    }
    many = [f["name"] for f in kind["fields"] if f["many"]]
    plain = [f["name"] for f in kind["fields"] if not f["many"]]
    known = "".join(f'        "{name}",\n' for name in plain)
    text = f'\n\nclass {name}(Record):\n    """{kind["en"]} ({kind["zh"]})."""\n\n'
    text += "".join(lines)
    text += f'\n    KIND = "{kind["name"]}"\n    _title = {kind["title"]!r}\n'
    text += f"    _plain = (\n{known}    )\n" if known else "    _plain = ()\n"
    text += f"    _many = {tuple(many)!r}\n    _choices = {{{by_field}}}\n    _rows = {rows!r}\n    _points = {tuple(points)!r}\n"
    return "".join(choices) + text, defined


def _choice(name: str, kind: dict[str, Any], field: dict[str, Any]) -> str:
    text = f'\n\nclass {name}(Choice):\n    """{kind["en"]}: {field["en"]} ({field["zh"]})."""\n\n'
    for choice in field["choices"]:
        text += f'    {member(choice["code"])} = "{choice["code"]}"\n    """{choice["en"]} ({choice["zh"]})."""\n'
    return text
