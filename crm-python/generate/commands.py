"""Typed methods of commands, and the types that they take and answer."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from .records import attribute, class_name, member
from .rust import Choice, Declarations, Field, Struct

TYPES_HEAD = '''"""What commands take and answer, as typed values. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ._record import Choice, Data
from ._values import Money

'''

DOORS_HEAD = '''"""Commands and lists by kind of record, as a session offers them. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from . import records, types
from ._door import Door, Room
from ._values import Money

'''

# Rust's type, Python's, and how data of it is read.
PLAIN = {
    "String": ("str", ""),
    "bool": ("bool", ""),
    "f64": ("float", ""),
    "Decimal": ("Decimal", "decimal"),
    "NaiveDate": ("dt.date", "date"),
    "Instant": ("dt.datetime", "instant"),
    "Span": ("dt.timedelta", "span"),
    "Money": ("Money", "money"),
    "Currency": ("str", ""),
    "KindNo": ("str", ""),
    "RecordRef": ("str", ""),
    "Value": ("Any", "value"),
    "Json": ("Any", ""),
    "()": ("None", ""),
}
# Trees of data whose form the engine's documentation gives: criteria, lifecycles, models.
TREES = {"Lifecycle", "Filter", "Actor", "KindCode", "Purpose"}


class Types:
    """Which Python type stands for which Rust type."""

    def __init__(self, declared: Declarations) -> None:
        self.declared = declared
        self.needed: dict[str, Struct | Choice] = {}

    def of(self, rust: str, prefix: str = "") -> tuple[str, str]:
        """Python's annotation for a Rust type, and how data of it is read."""
        rust = rust.strip()
        if inner := re.fullmatch(r"Option<(.+)>", rust):
            ty, read = self.of(inner[1], prefix)
            return (ty if ty in ("Any", "None") else f"{ty} | None"), read and f"?{read}"
        if inner := re.fullmatch(r"Vec<(.+)>", rust):
            ty, read = self.of(inner[1], prefix)
            return f"Sequence[{ty}]", read and f"*{read}"
        if inner := re.fullmatch(r"BTreeMap<(\w+), (.+)>", rust):
            ty, read = self.of(inner[2], prefix)
            return f"Mapping[str, {ty}]", read and f"%{read}"
        if rust in PLAIN:
            return PLAIN[rust]
        if re.fullmatch(r"[iu](8|16|32|64|128|size)|usize", rust):
            return "int", ""
        if rust.endswith("Id") or rust.startswith("Id<"):
            return "str", ""
        if rust in TREES or "::" in rust or rust.startswith("("):
            return "Any", ""
        if len(found := self.declared.choices.get(rust, [])) == 1:
            self.needed[rust] = found[0]
            return prefix + rust, rust
        if len(declared := self.declared.structs.get(rust, [])) == 1 and declared[0].fields:
            if rust not in self.needed:
                self.needed[rust] = declared[0]
                for field in declared[0].fields:
                    self.of(field.type)
            return prefix + rust, rust
        return "Any", ""


def write(declared: Declarations, known: list[str], schema: list[dict[str, Any]]) -> tuple[str, str]:
    """The texts of `types.py` and `_doors.py`."""
    types = Types(declared)
    kinds = {kind["name"]: kind for kind in schema}
    rooms: dict[str, list[Struct]] = {}
    for name in sorted(set(known)):
        rooms.setdefault(name.split(".")[0], []).append(declared.commands[name])
    doors = [DOORS_HEAD]
    for room in sorted(set(rooms) | set(kinds)):
        doors.append(_room(room, rooms.get(room, []), kinds.get(room), types))
    doors.append(_values([command for room in rooms.values() for command in room]))
    doors.append(_all(sorted(set(rooms) | set(kinds)), kinds))
    return _types(types), "".join(doors)


def _room(room: str, commands: list[Struct], kind: dict[str, Any] | None, types: Types) -> str:
    base = f"Room[records.{class_name(room)}]" if kind else "Door"
    label = f"{kind['en']} ({kind['zh']})" if kind else f"Commands on any {room}"
    text = f'\n\nclass {class_name(room)}Room({base}):\n    """{label}."""\n\n    _kind = "{room}"\n'
    return text + "".join(_method(command, types) for command in commands)


def _method(command: Struct, types: Types) -> str:
    name = command.command.split(".")[1]
    name = {"assign": "assign", "import": "import_"}.get(name, name)
    output, read = types.of(command.output, "types.")
    needed = [field for field in command.fields if not field.optional]
    rest = [field for field in command.fields if field.optional]
    said = [f"{attribute(field.name)}: {_takes(field, types)}" for field in needed]
    if rest:
        said.append("*")
        said.extend(f"{attribute(field.name)}: {_optional(_takes(field, types))} = None" for field in rest)
    if not rest:
        said.append("*")
    said.append("key: str | None = None")
    arguments = "".join(f"        {argument},\n" for argument in ["self", *said])
    told = "".join(f'            "{field.name}": {attribute(field.name)},\n' for field in command.fields)
    answer = f'"{read}"' if read else "None"
    text = f"\n    def {name}(\n{arguments}    ) -> {output}:\n"
    text += textwrap.indent(_docstring(command), "        ")
    text += f'        return self._run(  # type: ignore[no-any-return]\n            "{command.command}",\n'
    text += f"            {{\n{textwrap.indent(told, '    ')}            }},\n" if told else "            {},\n"
    text += f"            {_valued(command)!r},\n            {answer},\n            key,\n        )\n"
    return text


def _values(commands: list[Struct]) -> str:
    """Which fields of which commands take values of any type."""
    text = "\n\nVALUES: dict[str, tuple[str, ...]] = {\n"
    for command in commands:
        if values := _valued(command):
            text += f'    "{command.command}": {values!r},\n'
    return text + "}\n"


def _valued(command: Struct) -> tuple[str, ...]:
    return tuple(f.name for f in command.fields if "Value" in re.findall(r"\w+", f.type))


def _takes(field: Field, types: Types) -> str:
    """What a parameter takes: records stand for their ids, mappings for structs."""
    ty, _ = types.of(field.type, "types.")
    ty = re.sub(r"types\.(\w+)", lambda name: _loose(name[1], types), ty)
    if "Id" in field.type or "RecordRef" in field.type:
        ty = re.sub(r"\bstr\b", "str | records.Record", ty)
    return ty


def _loose(name: str, types: Types) -> str:
    other = "str" if isinstance(types.needed[name], Choice) else "Mapping[str, Any]"
    return f"types.{name} | {other}"


def _optional(ty: str) -> str:
    return ty if ty == "Any" or ty.endswith("| None") else f"{ty} | None"


def _docstring(command: Struct) -> str:
    lines = [command.doc or "Runs the command.", ""]
    described = [field for field in command.fields if field.doc]
    if described:
        lines += ["Parameters", "----------"]
        for field in described:
            lines += [attribute(field.name), textwrap.indent(field.doc, "    ")]
    lines += ["key", "    An idempotency key: sent again with it, the first outcome is answered."]
    return '"""' + "\n".join(lines) + '\n"""\n'


def _all(rooms: list[str], kinds: dict[str, Any]) -> str:
    text = '\n\nclass Rooms:\n    """All rooms, by name: what a session offers."""\n'
    for room in rooms:
        label = f"{kinds[room]['en']} ({kinds[room]['zh']})" if room in kinds else f"commands on any {room}"
        text += f'\n    @property\n    def {room}(self) -> {class_name(room)}Room:\n        """{label}."""\n'
        text += f"        return {class_name(room)}Room(self)\n"
    return text


def _types(types: Types) -> str:
    parts = [TYPES_HEAD]
    exported = "".join(f'    "{name}",\n' for name in sorted(types.needed))
    parts.append(f"__all__ = [\n{exported}]\n")
    for name in sorted(types.needed):
        declared = types.needed[name]
        parts.append(_choice(declared) if isinstance(declared, Choice) else _struct(declared, types))
    return "".join(parts)


def _choice(choice: Choice) -> str:
    text = f'\n\nclass {choice.name}(Choice):\n    """{choice.doc}"""\n\n'
    for code, en, zh in choice.codes:
        text += f'    {member(code)} = "{code}"\n    """{en} ({zh})."""\n'
    return text


def _struct(struct: Struct, types: Types) -> str:
    text = f'\n\n@dataclass(frozen=True, kw_only=True)\nclass {struct.name}(Data):\n    """{struct.doc}"""\n\n'
    reads = {}
    for declared in struct.fields:
        ty, read = types.of(declared.type)
        if read:
            reads[declared.name] = read
        default = ""
        if declared.optional:
            several = ty.startswith(("Sequence", "Mapping"))
            plain = {"str": '""', "bool": "False", "int": "0"}.get(ty, "None")
            default = f" = field(default_factory={'list' if ty[0] == 'S' else 'dict'})" if several else f" = {plain}"
            ty = ty if several or plain != "None" else _optional(ty)
        text += f"    {attribute(declared.name)}: {ty}{default}\n"
        if declared.doc:
            text += textwrap.indent(f'"""{declared.doc}"""\n', "    ")
    text += f"\n    _reads: ClassVar[dict[str, str]] = {reads!r}\n"
    return text
