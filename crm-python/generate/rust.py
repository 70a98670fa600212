"""Reads the declarations of commands, and of the types that they take and answer, from the engine's source.

The declarations are uniform (`command!`, `choice!`, plain structs and enums), so a few patterns suffice; what doesn't fit
them is an error here, not a gap in the stubs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

SOURCE = Path(__file__).parents[2] / "crm-core/src"

DOC = re.compile(r"^\s*///\s?(.*)$")
FIELD = re.compile(r"^\s*(?P<attributes>(?:#\[[^\n]*?\]\s*)*)(?:pub )?(?P<name>[a-z_][a-z0-9_]*): (?P<type>.+?),$")
COMMAND = re.compile(r'pub struct (?P<name>\w+) as "(?P<text>[a-z_.]+)" -> (?P<output>.+?) \{$')
STRUCT = re.compile(r"^pub struct (?P<name>\w+)(?:<(?P<of>\w+)>)? \{$")
ALIAS = re.compile(r"^pub type (?P<name>\w+) = (?P<type>.+);$")
ENUM = re.compile(r"^\s*pub enum (?P<name>\w+)(?:<\w+>)? \{$")
# What stands in a list within a record.
ROW = re.compile(r"^\s*pub struct (?P<name>\w+) as Row \{$")
CELL = re.compile(r'^\s*(?P<name>[a-z_]+): (?P<type>.+?) = "(?P<en>[^"]*)" "(?P<zh>[^"]*)".*;$')
# The macro `moves!` of `engine/flows/advance/commands.rs`: one body, and a line for each command made of it.
TEMPLATE = re.compile(r"pub struct \$name as \$text -> (?P<output>\w+) \{$")
MADE = re.compile(r'^\s*(?P<name>\w+) as "(?P<text>[a-z_.]+)" moves (?P<field>\w+): (?P<type>\w+);$')
LABELLED = re.compile(r'^\s*\w+ "(?P<code>[^"]*)" "(?P<en>[^"]*)" "(?P<zh>[^"]*)",$')
VARIANT = re.compile(r"^\s*(?P<name>[A-Z]\w*)(?P<holds>,|\(.+\),| \{| \{ (?P<fields>.+) \},)$")
METHOD = re.compile(
    r"^(?P<docs>(?:    ///.*\n)+)    pub fn (?P<name>\w+)\(\s*&self,?(?P<takes>[^)]*?)\)\s*->\s*Result<(?P<output>.*?)> \{$",
    re.MULTILINE,
)
USE = re.compile(r"^use ([^;]+);$", re.MULTILINE)
KIND = re.compile(r'^    (?P<marker>\w+) = \d+, "(?P<name>\w+)",', re.MULTILINE)
RECORD = re.compile(r"^    pub struct (?P<name>\w+) is (?P<marker>\w+) \{$", re.MULTILINE)


@dataclass
class Field:
    """One field of a struct or command."""

    name: str
    type: str
    doc: str
    optional: bool
    flat: bool = False
    """Whether the fields of what it holds stand in its place."""


@dataclass
class Struct:
    """A struct that travels as data."""

    name: str
    doc: str
    path: PurePosixPath
    fields: list[Field] = field(default_factory=list)
    command: str = ""
    output: str = ""
    taken: bool = True
    """Whether it is read from data, not only told."""
    of: str = ""
    """The name of the type that it is generic over: ids, as far as it travels."""


@dataclass
class Choice:
    """An enum: a closed list of codes, or of forms of data."""

    name: str
    doc: str
    path: PurePosixPath
    codes: list[tuple[str, str]] = field(default_factory=list)
    """Each code with its labels or meaning."""
    forms: list[tuple[str, str]] = field(default_factory=list)
    """Each form as JSON has it, with its meaning."""
    open: bool = False
    """Whether a variant holds more than its code."""


@dataclass
class View:
    """A method of a session that answers a view."""

    name: str
    doc: str
    takes: list[tuple[str, str]]
    output: str
    path: PurePosixPath


@dataclass
class Declarations:
    """Everything that was read, by name."""

    commands: dict[str, Struct] = field(default_factory=dict)
    structs: dict[str, list[Struct]] = field(default_factory=dict)
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    imports: dict[PurePosixPath, dict[str, list[str]]] = field(default_factory=dict)
    """By file, the way by which each name comes into it."""
    rooms: dict[str, str] = field(default_factory=dict)
    """Which room each kind of record belongs to."""
    records: dict[str, str] = field(default_factory=dict)
    """The same by the name of its struct."""


def read() -> Declarations:
    """Reads all of the engine's source."""
    found = Declarations()
    kinds = {kind["marker"]: kind["name"] for kind in KIND.finditer((SOURCE / "base/kind.rs").read_text())}
    for path in sorted(SOURCE.rglob("*.rs")):
        text, place = path.read_text(), PurePosixPath(path.relative_to(SOURCE).as_posix())
        _File(place, found).read(text)
        uses = [way for use in USE.findall(text) for way in _ways(use)]
        found.imports[place] = {way.split("::")[-1]: way.split("::")[:-1] for way in uses}
        if place.parts[0] == "domain":
            for record in RECORD.finditer(text):
                found.rooms[kinds[record["marker"]]] = place.parts[1]
                found.records[record["name"]] = place.parts[1]
        if place.parts[:2] == ("engine", "views"):
            found.views.update({view.name: view for view in _views(text, place)})
    return found


def _ways(use: str) -> list[str]:
    """The ways that a `use` spells out: `a::{b, c::D}` is `a::b` and `a::c::D`."""
    before, brace, rest = use.partition("{")
    if not brace:
        return [use.strip()]
    inner, parts, depth = rest.rpartition("}")[0], [""], 0
    for letter in inner:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [before.strip() + way for part in parts if part.strip() for way in _ways(part.strip())]


def _views(text: str, path: PurePosixPath) -> list[View]:
    found = []
    for method in METHOD.finditer(text):
        docs = [line.strip()[3:].strip() for line in method["docs"].splitlines()]
        # What may be raised is said by the exceptions.
        docs = docs[: docs.index("# Errors")] if "# Errors" in docs else docs
        takes = [tuple(part.strip().split(": ", 1)) for part in re.split(r",(?![^<(]*[>)])", method["takes"])]
        takes = [(part[0], part[1]) for part in takes if len(part) == 2]
        found.append(View(method["name"], as_docstring(docs), takes, method["output"], path))
    return found


class _File:
    """Reads a file line by line."""

    def __init__(self, path: PurePosixPath, found: Declarations) -> None:
        self.path, self.found = path, found
        self.docs: list[str] = []
        self.attributes: list[str] = []
        self.into: Struct | Choice | None = None
        self.template = self._struct("")
        self.held: list[str] | None = None

    def read(self, text: str) -> None:
        for line in text.splitlines():
            if doc := DOC.match(line):
                self.docs.append(doc.group(1))
            elif self._keeps(line.strip()):
                self.attributes.append(line.strip())
            else:
                if not self._opens(line):
                    self._adds(line)
                self.docs, self.attributes = [], []

    @staticmethod
    def _keeps(line: str) -> bool:
        """Whether a line is an attribute of what comes next."""
        return line.startswith("#[") and FIELD.match(line) is None

    def _struct(self, name: str, **more: str) -> Struct:
        derived = " ".join(attribute for attribute in self.attributes if "derive" in attribute)
        taken = "Serialize" not in derived or "Deserialize" in derived
        return Struct(name, as_docstring(self.docs), self.path, taken=taken, **more)

    def _opens(self, line: str) -> bool:
        """Whether a line begins a declaration."""
        if command := COMMAND.search(line):
            self.into = self._struct(command["name"], command=command["text"], output=command["output"])
            self.found.commands[command["text"]] = self.into
        elif made := TEMPLATE.search(line):
            self.into = self.template = self._struct("", output=made["output"])
        elif made := MADE.match(line):
            move = self._struct(made["name"], command=made["text"], output=self.template.output)
            which = Field(made["field"], made["type"], "Which one.", optional=False)
            move.fields = [which, *self.template.fields]
            self.found.commands[made["text"]] = move
        elif struct := STRUCT.match(line):
            self.into = self._struct(struct["name"], of=struct["of"] or "")
            self.found.structs.setdefault(struct["name"], []).append(self.into)
        elif row := ROW.match(line):
            self.into = self._struct(row["name"])
            self.found.structs.setdefault(row["name"], []).append(self.into)
        elif enum := ENUM.match(line):
            self.into = Choice(enum["name"], as_docstring(self.docs), self.path)
            self.snake = any('rename_all = "snake_case"' in attribute for attribute in self.attributes)
            self.found.choices.setdefault(enum["name"], []).append(self.into)
        elif alias := ALIAS.match(line):
            self.found.aliases[alias["name"]] = alias["type"]
        else:
            return False
        self.defaulted = any("serde(default" in attribute for attribute in self.attributes)
        return True

    def _adds(self, line: str) -> None:
        """A line within a declaration, or its end."""
        if line.strip() == "}":
            self.into = None
        elif isinstance(self.into, Struct) and (member := FIELD.match(line)):
            said = " ".join([*self.attributes, member["attributes"]])
            optional = self.defaulted or "default" in said or member["type"].startswith("Option<")
            flat = "serde(flatten" in said
            self.into.fields.append(Field(member["name"], member["type"], as_docstring(self.docs), optional, flat))
        elif isinstance(self.into, Struct) and (cell := CELL.match(line)):
            doc, ty = f"{cell['en']} ({cell['zh']}).", cell["type"]
            self.into.fields.append(Field(cell["name"], ty, doc, optional=ty.startswith("Option<")))
        elif isinstance(self.into, Choice):
            self._varies(line, self.into)

    def _varies(self, line: str, into: Choice) -> None:
        """A line of an enum."""
        if self.held is not None:
            if member := FIELD.match(line):
                self.held.append(member["name"])
            elif line.strip() == "},":
                self._holds(self.held, into)
                self.held = None
        elif labelled := LABELLED.match(line):
            into.codes.append((labelled["code"], f"{labelled['en']} ({labelled['zh']})."))
        elif variant := VARIANT.match(line):
            code, doc = variant["name"], as_docstring(self.docs)
            code = re.sub(r"(?<!^)(?=[A-Z])", "_", code).lower() if self.snake else code
            if variant["holds"] == ",":
                into.codes.append((code, doc))
                into.forms.append((f'"{code}"', doc))
                return
            into.open = True
            into.forms.append((f'{{"{code}": …}}', doc))
            if variant["fields"]:
                self._holds(re.findall(r"(\w+):", variant["fields"]), into)
            self.held = [] if variant["holds"] == " {" else None

    @staticmethod
    def _holds(names: list[str], into: Choice) -> None:
        """Says in an enum's last form what it holds."""
        form, doc = into.forms[-1]
        held = ", ".join(f'"{name}": …' for name in names)
        into.forms[-1] = form.replace("…", f"{{{held}}}"), doc


def as_docstring(docs: list[str]) -> str:
    """A doc comment as a docstring: links and paths of Rust become plain names."""
    # Examples are of another language.
    text = "\n".join(docs).partition("```")[0].strip()
    text = re.sub(r"\[`?([^\]`]+)`?\](?:\([^)]*\))?", lambda link: f"`{link.group(1).split('::')[-1]}`", text)
    return text.replace("\\", "\\\\").replace('"""', "'''")
