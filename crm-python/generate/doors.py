"""Typed methods of commands, one class a kind of record, one file a room; and of views: `crm/_doors/`."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from .naming import attribute, class_name, module
from .rust import Choice, Field, Struct, View
from .types import Types, optional

OWN = {
    "Door": ".._door",
    "Room": ".._door",
    "Money": ".._values",
    "Answers": ".._answers",
    "records": "..",
    "types": "..",
}


def write(commands: list[Struct], views: list[View], schema: list[dict[str, Any]], types: Types) -> dict[str, str]:
    """The files of the package."""
    kinds = {kind["name"]: kind for kind in schema}
    by_kind: dict[str, list[Struct]] = {name: [] for name in kinds}
    for command in commands:
        by_kind.setdefault(command.command.split(".")[0], []).append(command)
    rooms = {kind: types.declared.rooms.get(kind, "records") for kind in sorted(by_kind)}
    files: dict[str, str] = {}
    for room in sorted(set(rooms.values())):
        body = "".join(
            _room(kind, by_kind[kind], kinds.get(kind), types) for kind, where in rooms.items() if where == room
        )
        classes = [f"{class_name(kind)}Room" for kind, where in rooms.items() if where == room]
        files[f"_doors/{room}.py"] = module(f"Commands and lists of {room}.", body, OWN, classes)
    files["_doors/insight.py"] = module("Views and analyses.", _insight(views, types), OWN, ["Insight"])
    files["_doors/__init__.py"] = _front(rooms, kinds, commands, types)
    return files


def _front(rooms: dict[str, str], kinds: dict[str, Any], commands: list[Struct], types: Types) -> str:
    doc = "Commands, lists and views as a session offers them."
    body = '\n\nclass Rooms:\n    """All rooms, by name: what a session offers."""\n'
    for kind in rooms:
        label = f"{kinds[kind]['en']} ({kinds[kind]['zh']})" if kind in kinds else f"Commands on any {kind}"
        body += f'\n    @property\n    def {kind}(self) -> {class_name(kind)}Room:\n        """{label}."""\n'
        body += f"        return {class_name(kind)}Room(self)\n"
    body += (
        '\n    @property\n    def insight(self) -> Insight:\n        """Views and analyses of what the actor sees."""\n'
    )
    body += "        return Insight(self)\n\n\nVALUES: dict[str, tuple[str, ...]] = {\n"
    for command in commands:
        if values := _valued(command, types):
            body += f'    "{command.command}": {values!r},\n'
    own = {f"{class_name(kind)}Room": f".{room}" for kind, room in rooms.items()} | {"Insight": ".insight"}
    return module(doc, body + "}\n", own, ["Rooms", "VALUES"])


def _room(room: str, commands: list[Struct], kind: dict[str, Any] | None, types: Types) -> str:
    base = f"Room[records.{class_name(room)}]" if kind else "Door"
    label = f"{kind['en']} ({kind['zh']})" if kind else f"Commands on any {room}"
    text = f'\n\nclass {class_name(room)}Room({base}):\n    """{label}."""\n\n    _kind = "{room}"\n'
    return text + "".join(_command(command, types) for command in commands)


def _command(command: Struct, types: Types) -> str:
    output, read = types.of(command.output, command.path, "types.")
    takes = [(field, _takes(field, command, types)) for field in command.fields]
    text = _signature(attribute(command.command.split(".")[1]), takes, output, ["key"])
    text += textwrap.indent(
        _docstring(command.doc or "Runs the command.", command.fields, command, types, KEY), " " * 8
    )
    return text + f'        return self._run("{command.command}", locals(){_read(read)})\n'


KEY = ["key", "    An idempotency key: sent again with it, the first outcome is answered."]


def _insight(views: list[View], types: Types) -> str:
    text = (
        '\n\nclass Insight(Answers):\n    """Views and analyses of stored records, of what the session\'s actor sees,'
    )
    text += " now or as of its instant.\n\n    What isn't said is as the engine has it: `None` stands for its default."
    text += ' Lists of rows are frames too\n    (`.to_polars()`).\n    """\n'
    return text + "".join(_view(view, types) for view in views)


# What the module knows a number for where it isn't said.
UNSAID = ("cards", "explained")


def _view(view: View, types: Types) -> str:
    fields: list[tuple[Field, str]] = []
    for name, rust in view.takes:
        query = types.find(rust.lstrip("&"), view.path) if rust.endswith("Query") else None
        if isinstance(query, Struct):
            fields.extend((field, _asked(field, query, types)) for field in query.fields)
        else:
            field = Field(name, rust, "", optional=rust.startswith("Option<") or name in UNSAID)
            fields.append((field, _asked(field, view, types)))
    output, read = types.of(view.output, view.path, "types.")
    text = _signature(view.name, fields, output, [])
    home: Struct | View = next(
        (found for _, rust in view.takes if isinstance(found := types.find(rust.lstrip("&"), view.path), Struct)), view
    )
    text += textwrap.indent(_docstring(view.doc, [field for field, _ in fields], home, types, []), " " * 8)
    return text + f'        return self._answer("{view.name}", locals(){_read(read)})\n'


def _asked(field: Field, home: Struct | View, types: Types) -> str:
    """What a parameter of a view takes: criteria are text."""
    inner = field.type.removeprefix("Option<").removesuffix(">").lstrip("&")
    return "str" if inner == "Filter" else _takes(field, home, types)


def _signature(name: str, fields: list[tuple[Field, str]], output: str, more: list[str]) -> str:
    said = [f"{attribute(field.name)}: {ty}" for field, ty in fields if not field.optional]
    rest = [f"{attribute(field.name)}: {optional(ty)} = None" for field, ty in fields if field.optional]
    rest += [f"{name}: str | None = None" for name in more]
    arguments = ["self", *said, *(["*", *rest] if rest else [])]
    return f"\n    def {name}(\n" + "".join(f"        {each},\n" for each in arguments) + f"    ) -> {output}:\n"


def _read(read: str) -> str:
    return f', "{read}"' if read else ""


def _valued(command: Struct, types: Types) -> tuple[str, ...]:
    """Which fields of a command take values of any type."""
    types_of = {field.name: types.declared.aliases.get(field.type, field.type) for field in command.fields}
    return tuple(name for name, rust in types_of.items() if "Value" in re.findall(r"\w+", rust))


def _takes(field: Field, home: Struct | View, types: Types) -> str:
    """What a parameter takes: records stand for their ids, mappings for structs, codes for choices."""
    ty, _ = types.of(field.type, home.path, "types.")
    ty = re.sub(r"types\.(\w+)", lambda name: _loose(name[1], types), ty)
    if "Id" in field.type or "RecordRef" in field.type:
        ty = re.sub(r"\bstr\b", "str | records.Record", ty)
    return ty


def _loose(name: str, types: Types) -> str:
    other = "str" if isinstance(types.needed[name], Choice) else "Mapping[str, Any]"
    return f"types.{name} | {other}"


def _docstring(doc: str, fields: list[Field], home: Struct | View, types: Types, more: list[str]) -> str:
    lines = [doc, ""]
    described = [field for field in fields if field.doc]
    if described or more:
        lines += ["Parameters", "----------"]
    for field in described:
        lines += [attribute(field.name), textwrap.indent(field.doc + types.forms(field.type, home.path), "    ")]
    text = "\n".join([*lines, *more]).rstrip()
    return f'"""{text}\n"""\n' if "\n" in text else f'"""{text}"""\n'
