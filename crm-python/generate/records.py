"""Classes of records, one a kind, one file a room: `crm/records/`."""

from __future__ import annotations

from typing import Any

from .naming import attribute, class_name, member, module

OWN = {"Choice": ".._record", "ContactPoint": ".._record", "Record": ".._record", "Money": ".._values"}

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


def write(schema: list[dict[str, Any]], rooms: dict[str, str]) -> dict[str, str]:
    """The files of the package."""
    bodies: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for kind in schema:
        room = rooms[kind["name"]]
        text, defined = _class(kind)
        bodies[room] = bodies.get(room, "") + text
        names.setdefault(room, []).extend(defined)
    files = {
        f"records/{room}.py": module(f"Records of {room}.", body, OWN, names[room]) for room, body in bodies.items()
    }
    return files | {"records/__init__.py": _front(schema, names)}


def _front(schema: list[dict[str, Any]], names: dict[str, list[str]]) -> str:
    text = '"""Records as typed objects, one class a kind. Written by `python -m generate`; do not edit."""\n\n'
    text += "from .._record import Choice, ContactPoint, Record\n"
    for room in sorted(names):
        text += f"from .{room} import (\n" + "".join(f"    {name},\n" for name in sorted(names[room])) + ")\n"
    every = [name for room in names.values() for name in room] + ["Choice", "ContactPoint", "KINDS", "Record"]
    text += "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(every)) + "]\n"
    text += "\nKINDS: dict[str, type[Record]] = {\n"
    return text + "".join(f'    "{kind["name"]}": {class_name(kind["name"])},\n' for kind in schema) + "}\n"


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
