"""How things are called in Python, and how files begin."""

from __future__ import annotations

import keyword
import re

# What a file may have to import, with the name by which it is used.
IMPORTS = {
    "dt": "import datetime as dt",
    "Mapping": "from collections.abc import Mapping, Sequence",
    "Sequence": "from collections.abc import Mapping, Sequence",
    "dataclass": "from dataclasses import dataclass, field",
    "field": "from dataclasses import dataclass, field",
    "Decimal": "from decimal import Decimal",
    "Any": "from typing import Any, ClassVar",
    "ClassVar": "from typing import Any, ClassVar",
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


def module(doc: str, body: str, own: dict[str, str], exported: list[str]) -> str:
    """A module's text: what it is, what of `IMPORTS` and of its package's own names it uses, what it exports, its body."""
    code = re.sub(r'"""(?s:.*?)"""', "", body)
    used = set(re.findall(r"[A-Za-z_]\w*", code))
    known = sorted({line for name, line in IMPORTS.items() if name in used}, key=_order)
    text = f'"""{doc} Written by `python -m generate`; do not edit."""\n\nfrom __future__ import annotations\n'
    if known:
        text += "\n" + "\n".join(_narrowed(line, used) for line in known) + "\n"
    modules: dict[str, list[str]] = {}
    for name, where in sorted(own.items()):
        if name in used:
            modules.setdefault(where, []).append(name)
    lines = [f"from {where} import {', '.join(names)}" for where, names in sorted(modules.items(), key=_near)]
    text += "\n" + "\n".join(map(_broken, lines)) + "\n" if lines else ""
    if exported:
        text += "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(exported)) + "]\n"
    return text + body


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _near(said: tuple[str, list[str]]) -> tuple[int, str]:
    # Farther packages first, as isort has it.
    return -(len(said[0]) - len(said[0].lstrip("."))), said[0]


def _narrowed(line: str, used: set[str]) -> str:
    if not line.startswith("from"):
        return line
    where, _, names = line.partition(" import ")
    return f"{where} import {', '.join(name for name in names.split(', ') if name in used)}"


def _broken(line: str) -> str:
    if len(line) <= 120:
        return line
    where, _, names = line.partition(" import ")
    return f"{where} import (\n" + "".join(f"    {name},\n" for name in names.split(", ")) + ")"
