"""Reads the declarations of commands, and of the types that they take and answer, from the engine's source.

The declarations are uniform (`command!`, `choice!`, plain structs), so a few patterns suffice; what doesn't fit them is an
error here, not a gap in the stubs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "crm-core/src"

DOC = re.compile(r"^\s*///\s?(.*)$")
FIELD = re.compile(r"^\s*(?P<attributes>(?:#\[[^\n]*?\]\s*)*)(?:pub )?(?P<name>[a-z_][a-z0-9_]*): (?P<type>.+?),$")
COMMAND = re.compile(r'pub struct (?P<name>\w+) as "(?P<text>[a-z_.]+)" -> (?P<output>.+?) \{$')
STRUCT = re.compile(r"^pub struct (?P<name>\w+) \{$")
CHOICE = re.compile(r"^\s*pub enum (?P<name>\w+) \{$")
# The macro `moves!` of `engine/flows/advance/commands.rs`: one body, and a line for each command made of it.
TEMPLATE = re.compile(r"pub struct \$name as \$text -> (?P<output>\w+) \{$")
MADE = re.compile(r'^\s*(?P<name>\w+) as "(?P<text>[a-z_.]+)" moves (?P<field>\w+): (?P<type>\w+);$')
VARIANT = re.compile(r'^\s*\w+ "(?P<code>[^"]*)" "(?P<en>[^"]*)" "(?P<zh>[^"]*)",$')


@dataclass
class Field:
    """One field of a struct or command."""

    name: str
    type: str
    doc: str
    optional: bool


@dataclass
class Struct:
    """A struct that travels as data."""

    name: str
    doc: str
    fields: list[Field] = field(default_factory=list)
    command: str = ""
    output: str = ""


@dataclass
class Choice:
    """A closed list of codes."""

    name: str
    doc: str
    codes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Declarations:
    """Everything that was read, by name."""

    commands: dict[str, Struct] = field(default_factory=dict)
    structs: dict[str, list[Struct]] = field(default_factory=dict)
    choices: dict[str, list[Choice]] = field(default_factory=dict)


def read() -> Declarations:
    """Reads all of the engine's source."""
    found = Declarations()
    for path in sorted(SOURCE.rglob("*.rs")):
        _read_file(path.read_text(), found)
    return found


def _read_file(text: str, found: Declarations) -> None:
    docs: list[str] = []
    attributes: list[str] = []
    into: Struct | Choice | None = None
    defaulted = False
    template = Struct("", "")
    for line in text.splitlines():
        if doc := DOC.match(line):
            docs.append(doc.group(1))
            continue
        stripped = line.strip()
        if command := COMMAND.search(line):
            into = Struct(command["name"], _text(docs), command=command["text"], output=command["output"])
            found.commands[command["text"]] = into
            defaulted = False
        elif made := TEMPLATE.search(line):
            into = template = Struct("", "", output=made["output"])
            defaulted = False
        elif made := MADE.match(line):
            which = Field(made["field"], made["type"], "Which one.", optional=False)
            fields = [which, *template.fields]
            move = Struct(made["name"], _text(docs), fields, made["text"], template.output)
            found.commands[made["text"]] = move
        elif struct := STRUCT.match(line):
            into = Struct(struct["name"], _text(docs))
            found.structs.setdefault(struct["name"], []).append(into)
            defaulted = any("serde(default" in attribute for attribute in attributes)
        elif choice := CHOICE.match(line):
            into = Choice(choice["name"], _text(docs))
            found.choices.setdefault(choice["name"], []).append(into)
        elif stripped == "}":
            into = None
        elif stripped.startswith("#["):
            member = FIELD.match(line)
            if member is None:
                attributes.append(stripped)
                continue
            _add(into, member, docs, attributes, defaulted)
        elif isinstance(into, Struct) and (member := FIELD.match(line)):
            _add(into, member, docs, attributes, defaulted)
        elif isinstance(into, Choice) and (variant := VARIANT.match(line)):
            into.codes.append((variant["code"], variant["en"], variant["zh"]))
        docs, attributes = [], []


def _add(into: object, member: re.Match[str], docs: list[str], attributes: list[str], defaulted: bool) -> None:
    if not isinstance(into, Struct):
        return
    said = " ".join([*attributes, member["attributes"]])
    optional = defaulted or "default" in said or member["type"].startswith("Option<")
    into.fields.append(Field(member["name"], member["type"], _text(docs), optional))


def _text(docs: list[str]) -> str:
    """A doc comment as a docstring: links and paths of Rust become plain names."""
    text = "\n".join(docs).strip()
    text = re.sub(r"\[`?([^\]`]+)`?\](?:\([^)]*\))?", lambda link: f"`{link.group(1).split('::')[-1]}`", text)
    return text.replace("\\", "\\\\").replace('"""', "'''")
