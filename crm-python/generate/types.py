"""The types that commands and views take and answer, one file a part of the engine's source: `crm/types/`."""

from __future__ import annotations

import re
import textwrap
from pathlib import PurePosixPath

from .naming import attribute, member, module
from .rust import Choice, Declarations, Field, Struct

# Rust's type, Python's, and how data of it is read.
PLAIN = {
    "String": ("str", ""),
    "str": ("str", ""),
    "bool": ("bool", ""),
    "f64": ("float", ""),
    "Decimal": ("Decimal", "decimal"),
    "NaiveDate": ("dt.date", "date"),
    "Instant": ("dt.datetime", "instant"),
    "Span": ("dt.timedelta", "span"),
    "Money": ("Money", "money"),
    "Currency": ("str", ""),
    "KindNo": ("str", ""),
    "KindCode": ("str", ""),
    "RecordRef": ("str", ""),
    "Value": ("Any", "value"),
    "Json": ("Any", ""),
    "()": ("None", ""),
}
# Trees of data whose form the engine's documentation gives: criteria, lifecycles.
TREES = {"Lifecycle", "Filter", "Actor"}
# Where two types of one name travel, what the one of this file is called.
RENAMED = {
    "domain/model/noun.rs:Purpose": "ModelPurpose",
    "record/script.rs:Purpose": "RulePurpose",
    "insight/learn/model.rs:Model": "TrainedModel",
    "record/lifecycle/mod.rs:Direction": "MoveDirection",
}


# Views of insight, each with what it is made of, but for these.
TOGETHER = {
    "activity": "insight",
    "difference": "pipeline",
    "features": "learn",
    "forecast_past": "forecast",
    "funnel": "pipeline",
    "lifetime": "clv",
    "models": "learn",
    "outlook": "forecast",
    "priority": "insight",
}


class Types:
    """Which Python type stands for which Rust type."""

    def __init__(self, declared: Declarations) -> None:
        self.declared = declared
        self.needed: dict[str, Struct | Choice] = {}

    def of(self, rust: str, at: PurePosixPath, prefix: str = "", of: str = "") -> tuple[str, str]:
        """Python's annotation for a Rust type as it is named in a file, and how data of it is read. `of` is the name of
        an id that the type around it is generic over."""
        rust = re.sub(
            r"^&('static )?|\bchrono::|\bstd::collections::", "", self.declared.aliases.get(rust, rust).strip()
        )
        if inner := re.fullmatch(r"Box<(.+)>", rust):
            return self.of(inner[1], at, prefix, of)
        if inner := re.fullmatch(r"Option<(.+)>", rust):
            ty, read = self.of(inner[1], at, prefix, of)
            return (ty if ty in ("Any", "None") else f"{ty} | None"), read and f"?{read}"
        if inner := re.fullmatch(r"Vec<(.+)>|\[(.+?)(?:; \d+)?\]", rust):
            ty, read = self.of(inner[1] or inner[2], at, prefix, of)
            return self._several(ty, prefix), read and f"*{read}"
        if inner := re.fullmatch(r"BTreeMap<(\w+), (.+)>", rust):
            ty, read = self.of(inner[2], at, prefix, of)
            key = "int" if re.fullmatch(r"[iu]\d+", inner[1]) else "str"
            return f"Mapping[{key}, {ty}]", read and f"%{read}"
        if inner := re.fullmatch(r"\((\w+), (\w+)\)", rust):
            (left, first), (right, second) = (self.of(part, at, prefix, of) for part in inner.groups())
            return f"tuple[{left}, {right}]", f"({first}|{second})"
        if inner := re.fullmatch(r"RangeInclusive<(.+)>", rust):
            return f"Mapping[str, {self.of(inner[1], at, prefix, of)[0]}]", ""
        if rust in PLAIN:
            return PLAIN[rust]
        if re.fullmatch(r"[iu](8|16|32|64|128|size)|usize", rust):
            return "int", ""
        if rust.endswith("Id") or rust.startswith("Id<") or rust == of:
            return "str", ""
        if rust in TREES:
            return "Any", ""
        found = self.find(rust, at)
        if found is None or (isinstance(found, Choice) and found.open):
            return "Any", ""
        name = self._need(found)
        return prefix + name, name

    def _several(self, ty: str, prefix: str) -> str:
        # Rows of a view can be told as a frame.
        name = ty.removeprefix(prefix)
        rows = isinstance(declared := self.needed.get(name), Struct) and not declared.taken
        return f"{prefix if prefix else ''}Rows[{ty}]" if rows else f"Sequence[{ty}]"

    def find(self, rust: str, at: PurePosixPath) -> Struct | Choice | None:
        """The declaration of a name as it is used in a file: by the path before it, or the nearest."""
        rust = self.declared.aliases.get(rust, rust)
        *way, name = re.sub(r"<.*>$", "", rust).split("::")
        found = [*self.declared.choices.get(name, []), *self.declared.structs.get(name, [])]
        found = [one for one in found if isinstance(one, Choice) or one.fields]
        way = way or self.declared.imports.get(at, {}).get(name, [])
        if name in self.declared.records and self.declared.records[name] in (*way, *at.parts):
            return None
        if way:
            found = [one for one in found if way[-1] in (*one.path.parts, one.path.stem)] or found
        for near in (lambda one: True, lambda one: one.path == at, lambda one: one.path.parent == at.parent):
            if len(some := [one for one in found if near(one)]) == 1:
                return some[0]
        return None

    def _need(self, found: Struct | Choice) -> str:
        name = RENAMED.get(f"{found.path}:{found.name}", found.name)
        known = self.needed.get(name)
        if known is None:
            self.needed[name] = found
            if isinstance(found, Struct):
                for inner in found.fields:
                    self.of(inner.type, found.path, of=found.of)
        elif known is not found:
            raise ValueError(
                f"`{name}` is declared in {known.path} and {found.path}: say in RENAMED what one is called"
            )
        return name

    def fields(self, struct: Struct) -> list[Field]:
        """The fields of a struct as they travel."""
        told = []
        for one in struct.fields:
            inner = self.find(one.type, struct.path) if one.flat else None
            told.extend(self.fields(inner) if isinstance(inner, Struct) else [one])
        return told

    def forms(self, rust: str, at: PurePosixPath) -> str:
        """What may be given for a type that Python has no class for: a line a form."""
        inner = re.fullmatch(r"Option<(.+)>", rust)
        found = self.find(inner[1] if inner else rust, at)
        if not isinstance(found, Choice) or not found.open or found.name in TREES:
            return ""
        return "".join(f"\n- `{form}`: {' '.join(doc.split())}" for form, doc in found.forms)


def area(path: PurePosixPath) -> str:
    """The module that a type of a file stands in."""
    first, second = path.parts[:2]
    if first in ("domain", "insight"):
        return PurePosixPath(second).stem
    if first == "engine":
        insight = path.parts[:3] == ("engine", "views", "insight")
        return TOGETHER.get(path.stem, path.stem) if insight else PurePosixPath(second).stem
    return first


def write(types: Types) -> dict[str, str]:
    """The files of `crm/types/`."""
    areas: dict[str, list[str]] = {}
    for name in sorted(types.needed):
        areas.setdefault(area(types.needed[name].path), []).append(name)
    own = {name: f".{where}" for where, names in areas.items() for name in names}
    own |= {"Choice": ".._record", "Data": ".._record", "Rows": ".._rows", "Money": ".._values"}
    files = {}
    for where, names in areas.items():
        body = "".join(_type(name, types) for name in names)
        others = {name: at for name, at in own.items() if at != f".{where}"}
        files[f"types/{where}.py"] = module(f"Types of {where}.", body, others, names)
    every = {name: at for name, at in own.items() if name in types.needed} | {"Rows": ".._rows"}
    return files | {"types/__init__.py": _front(every)}


def _front(every: dict[str, str]) -> str:
    text = '"""What commands and views take and answer, as typed values. Written by `python -m generate`; do not edit."""\n\n'
    modules: dict[str, list[str]] = {}
    for name, where in sorted(every.items()):
        modules.setdefault(where, []).append(name)
    for where in sorted(modules, key=lambda where: (-where.count("."), where)):
        text += f"from {where} import (\n" + "".join(f"    {name},\n" for name in modules[where]) + ")\n"
    return text + "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(every)) + "]\n"


def _type(name: str, types: Types) -> str:
    declared = types.needed[name]
    return _choice(name, declared) if isinstance(declared, Choice) else _struct(name, declared, types)


def _doc(doc: str) -> str:
    return textwrap.indent(f'"""{doc}"""\n', "    ")


def _choice(name: str, choice: Choice) -> str:
    text = f"\n\nclass {name}(Choice):\n{_doc(choice.doc)}\n"
    for code, meaning in choice.codes:
        text += f'    {member(code)} = "{code}"\n' + _doc(meaning)
    return text


def _struct(name: str, struct: Struct, types: Types) -> str:
    text = f"\n\n@dataclass(frozen=True, kw_only=True)\nclass {name}(Data):\n{_doc(struct.doc)}\n"
    reads = {}
    for declared in types.fields(struct):
        ty, read = types.of(declared.type, _home(declared, struct, types), of=struct.of)
        if read:
            reads[declared.name] = read
        optional = declared.optional and struct.taken
        text += f"    {attribute(declared.name)}: {_defaulted(ty) if optional else ty}\n"
        if declared.doc:
            text += _doc(declared.doc + types.forms(declared.type, struct.path))
    return text + f"\n    _reads: ClassVar[dict[str, str]] = {reads!r}\n"


def _home(declared: Field, struct: Struct, types: Types) -> PurePosixPath:
    """The file that a field is declared in: another one for a field that stands in another's place."""
    for one in struct.fields:
        inner = types.find(one.type, struct.path) if one.flat else None
        if isinstance(inner, Struct) and declared in inner.fields:
            return inner.path
    return struct.path


def _defaulted(ty: str) -> str:
    several = ty.startswith(("Sequence", "Mapping"))
    plain = {"str": '""', "bool": "False", "int": "0"}.get(ty, "None")
    if several:
        return f"{ty} = field(default_factory={'list' if ty[0] == 'S' else 'dict'})"
    return f"{ty if plain != 'None' else optional(ty)} = {plain}"


def optional(ty: str) -> str:
    """An annotation that allows for nothing."""
    return ty if ty == "Any" or ty.endswith("| None") else f"{ty} | None"
