"""What goes wrong, as a tree of exceptions.

Every exception has a stable `code` (`opportunity.stage_unreachable`, `column.null`) to branch on, and the values concerned
as attributes. All of them are `CrmError`; the text is for people and may change.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = [
    "ColumnError",
    "CorruptError",
    "CrmError",
    "HaltedError",
    "InternalError",
    "InvalidError",
    "Mark",
    "NestedError",
    "NotFittedError",
    "NotFoundError",
    "Problem",
    "Refusal",
    "RefusedError",
    "RuleFailedError",
    "StaleError",
    "StoreError",
]


@dataclass(frozen=True)
class Refusal:
    """One rule of the trade that forbids what was asked."""

    code: str
    message: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Mark:
    """A marked place in a text, such as a rule's; the line is given in three parts."""

    source: str
    """The rule or file that the text is of."""
    line: int
    """The line, from 1."""
    column: int
    """The column, in characters from 1."""
    start: int
    """Where it starts in the text, in bytes of UTF-8."""
    end: int
    """Where it ends in the text, in bytes of UTF-8."""
    before: str
    """The line up to the mark."""
    marked: str
    """What is marked."""
    after: str
    """The line after the mark."""


@dataclass(frozen=True)
class Problem:
    """One value that can't be taken."""

    field: str
    code: str
    message: str
    zh: str = ""
    """The same in Chinese, where it is about what the author of a rule wrote."""
    mark: Mark | None = None
    """The place in the text that was given, where there is one."""
    suggestion: str | None = None
    """What was probably meant, to be put in place of what is marked."""


class CrmError(Exception):
    """Anything that the engine refuses or fails at."""

    code: str
    """A stable code."""

    def __init__(self, message: str, code: str = "crm") -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


class RefusedError(CrmError):
    """The trade's rules forbid it; every rule that does is in `refusals`."""

    refusals: tuple[Refusal, ...] = ()


class NotFoundError(CrmError, LookupError):
    """There is no such record, or none that the actor may see."""

    kind: str = ""
    id: str = ""


class StaleError(CrmError):
    """The record was changed since it was read."""

    record: str = ""
    given: int = 0
    current: int = 0


class InvalidError(CrmError, ValueError):
    """What was given can't be taken; every value that can't is in `problems`."""

    problems: tuple[Problem, ...] = ()


class ColumnError(InvalidError):
    """A column of a frame can't be used: `column` is its name, `row` the first wrong row from 0, if it is one."""

    column: str = ""
    row: int | None = None


class NotFittedError(CrmError, ValueError, AttributeError):
    """An estimator was asked before `fit`."""


class RuleFailedError(CrmError):
    """A rule that the tenant's people wrote failed."""

    rule: str = ""


class NestedError(CrmError):
    """A command was given from inside another one."""


class StoreError(CrmError, OSError):
    """The file failed."""


class HaltedError(StoreError):
    """The outcome of a commit is unknown: reopen the file."""


class CorruptError(StoreError):
    """Stored data is damaged."""


class InternalError(CrmError):
    """A fault of the engine itself; nothing was changed."""


_TREE: dict[str, type[CrmError]] = {
    "refused": RefusedError,
    "not_found": NotFoundError,
    "stale": StaleError,
    "invalid": InvalidError,
    "column": ColumnError,
    "rule_failed": RuleFailedError,
    "nested": NestedError,
    "store": StoreError,
    "halted": HaltedError,
    "corrupt": CorruptError,
    "internal": InternalError,
}


def _rebuild(kind: type[CrmError], args: tuple[Any, ...], fields: dict[str, Any]) -> CrmError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error


def _problem(parts: dict[str, Any]) -> Problem:
    mark = parts.pop("mark", None)
    return Problem(**parts, mark=mark and Mark(**mark))


def _from_native(told: str) -> CrmError:
    """The exception for what the native half tells as JSON."""
    from ._values import decode

    parts = json.loads(told)
    error = _TREE[parts.pop("type")](parts.pop("message"), parts.pop("code"))
    for refusal in parts.pop("refusals", ()):
        values = {name: decode(value) for name, value in refusal["values"]}
        error.__dict__.setdefault("refusals", ())
        error.refusals += (Refusal(refusal["code"], refusal["message"], values),)  # type: ignore[attr-defined]
    if "problems" in parts:
        error.problems = tuple(_problem(problem) for problem in parts.pop("problems"))  # type: ignore[attr-defined]
    if isinstance(error, ColumnError):
        error.problems = (Problem(parts["column"], error.code, str(error)),)
    for name, value in parts.items():
        setattr(error, name, value)
    return error
