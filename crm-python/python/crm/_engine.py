"""The engine: open a file, be somebody, run commands, read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from types import TracebackType
from typing import Any

from . import _crm, records, types
from ._answers import CustomerView, Timeline
from ._doors import VALUES, Rooms
from ._journal import Change
from ._record import Record, as_stored
from ._values import encode, instant, to_instant

__all__ = ["DueReport", "Engine", "ImportReport", "Session", "Verified", "open", "open_in_memory"]


@dataclass(frozen=True)
class DueReport:
    """What a round of due work did."""

    done: int
    failed: tuple[dict[str, Any], ...]
    """Work that failed, with `code` and `message`; it is tried again an hour later, five times in all, and
    then kept as a `failed_work` record."""
    next: dt.datetime | None
    """When the next work is due."""


@dataclass(frozen=True)
class Verified:
    """What an integrity check read and found."""

    records: dict[str, int]
    entries: int
    journal: int
    findings: tuple[str, ...]
    wrong: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong == 0


@dataclass(frozen=True)
class ImportReport:
    """What became of an import, in rows."""

    rows: int
    created: int
    updated: int
    merged: int
    unchanged: int
    skipped: int
    rejected: int
    rejections: tuple[dict[str, Any], ...]
    """Rejected rows with their line and faults."""
    columns: tuple[dict[str, Any], ...]
    """What became of each column."""
    cancelled: bool
    stopped: dict[str, Any] | None
    compared_within: int | None


class Session(Rooms):
    """The engine for one actor: what he may not see does not exist here.

    Rooms are attributes by kind of record: `session.lead.capture(...)`, `session.opportunity.list(amount__gt=10_000)`. A
    session is a context manager for the sake of scope; nothing is pending in it, for a command is durable when it returns.
    """

    def __init__(self, engine: _crm.Engine, actor: str | None = None, as_of: dt.datetime | None = None) -> None:
        self._engine = engine
        self.actor = actor
        """The id of the user or contact; `None` is the engine itself."""
        self.at = as_of
        """The past instant that is read; `None` is now."""
        self._whose = json.dumps({"actor": actor, "as_of": None if as_of is None else instant(as_of)})

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def as_of(self, at: dt.datetime) -> Session:
        """The same session reading everything as it stood at a past instant, with today's rights."""
        return Session(self._engine, self.actor, at)

    def execute(
        self, command: str, fields: Mapping[str, Any] | None = None, *, key: str | None = None, dry_run: bool = False
    ) -> Any:
        """Runs a command as data: `session.execute("lead.convert", {"lead": lead})`; answers its output as data.

        With `key`, the same command sent again answers the first outcome and changes nothing. With `dry_run`, it says what
        would be and forgets it.
        """
        valued, given = VALUES.get(command, ()), dict(fields or {})
        for name in valued:
            if isinstance(given.get(name), Mapping):
                given[name] = as_stored(given[name], records.KINDS.get(_kind(command, given)))
        given = {name: encode(value, name in valued) for name, value in given.items()}
        return json.loads(self._engine.execute(self._whose, command, json.dumps(given), key, dry_run))

    def get(self, id: str | Record) -> Record:
        """A record by its id, of any kind; or as it stands now, by what it was."""
        record: Record = self._record(json.loads(self._engine.read(self._whose, _id(id))))
        return record

    @staticmethod
    def _record(told: Mapping[str, Any]) -> Any:
        kind = told["id"].rpartition("_")[0]
        return records.KINDS.get(kind, Record)._told(told)

    def _fields(self, kind: str) -> Sequence[dict[str, Any]]:
        return list(json.loads(self._engine.fields(self._whose, kind)))

    def title(self, record: str | Record) -> str:
        """The name of a record as the actor is shown it; its id when he may not see it."""
        return self._engine.title(self._whose, _id(record))

    def why(self, action: str, record: str | Record) -> tuple[bool, list[str]]:
        """Whether the actor may do something (`read`, `update`, `move` …) with a record, and the reasons."""
        told = json.loads(self._engine.why(self._whose, action, _id(record)))
        return told["allowed"], told["reasons"]

    def journal(self, record: str | Record, limit: int | None = None) -> Iterator[Change]:
        """A record's history, latest first."""
        before: int | None = None
        while limit is None or limit > 0:
            size = 100 if limit is None else min(limit, 100)
            items = json.loads(self._engine.journal(self._whose, _id(record), before, size))
            yield from map(Change._told, items)
            if len(items) < size:
                return
            before = items[-1]["position"]
            limit = None if limit is None else limit - size

    def changes(self, after: int = 0, limit: int | None = None) -> Iterator[Change]:
        """The changes of all records that the actor sees, after a position, in order: the change feed.

        It ends where the journal ends; go on from the `position` of the last change seen.
        """
        while limit is None or limit > 0:
            size = 500 if limit is None else min(limit, 500)
            told, last = self._engine.changes(self._whose, after, size)
            items = json.loads(told)
            yield from map(Change._told, items)
            if len(items) < size:
                return
            after = last
            limit = None if limit is None else limit - size

    def import_csv(
        self,
        kind: str,
        path: str | PathLike[str],
        *,
        source: str | None = None,
        columns: Mapping[str, str | None] | None = None,
        ignore_rest: bool = False,
        duplicates: str = "by_rule",
        key: Sequence[str] = (),
        dry_run: bool = False,
        progress: Callable[[int, int, int], bool | None] | None = None,
    ) -> ImportReport:
        """Imports a CSV file.

        Parameters
        ----------
        source
            The name under which rows are known again; the path by default.
        columns
            Where headings go: a field's name or label, or `None` for nowhere. Others go by their own names.
        duplicates
            What becomes of a row whose key finds a record: `by_rule`, `skip`, `update`, `merge`, `reject`.
        key
            The fields by which a row finds its record.
        progress
            Called with (rows, rejected, bytes) after each chunk; `False` cancels. What went in stays.
        """
        asked = {
            "kind": kind,
            "source": source or fspath(path),
            "columns": dict(columns or {}),
            "ignore_rest": ignore_rest,
            "duplicates": duplicates,
            "key": list(key),
            "dry": dry_run,
        }
        told = json.loads(self._engine.import_csv(self._whose, fspath(path), json.dumps(asked), progress))
        told["columns"], told["rejections"] = tuple(told["columns"]), tuple(told["rejections"])
        return ImportReport(**told)

    def view(self, name: str, asked: Mapping[str, Any] | None = None) -> Any:
        """A view as data, by its name: what the methods of `insight` answer as typed values."""
        return json.loads(self._engine.view(self._whose, name, json.dumps(encode(dict(asked or {})))))

    def board(self, pipeline: str | None = None, *, filter: str | None = None, cards: int = 20) -> types.Board:
        """The board of a pipeline, the default one unless it is named: its columns with counts, amounts and the first
        cards."""
        return self.insight.board(pipeline=pipeline, cards=cards, filter=filter)

    def timeline(self, record: str | Record, *, before: tuple[str, str] | None = None, limit: int = 20) -> Timeline:
        """What happened with a record and what hangs below it, and what of it changed, newest first; the next page
        `before` the `end` of this one."""
        return Timeline._told(self.view("timeline", {"record": _id(record), "before": before, "limit": limit}))

    def customer_view(self, customer: str | Record) -> CustomerView:
        """A customer from all sides in one call."""
        return CustomerView._told(self.view("customer_view", {"id": _id(customer)}))

    def __repr__(self) -> str:
        as_of = f" as of {self.at}" if self.at else ""
        return f"<session of {self.actor or 'the engine itself'}{as_of}>"


class Engine(Session):
    """An open file, or an engine in memory; itself the session of the host, who may do everything.

    Use it as a context manager, or `close` it: one process has a file open at a time. All methods may be called from any
    thread; the interpreter is free while the engine works.
    """

    def __init__(self, native: _crm.Engine) -> None:
        super().__init__(native)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Engine:
        return self

    def session(self, actor: str | Record | None) -> Session:
        """The engine for a user or contact."""
        return Session(self._engine, None if actor is None else _id(actor))

    def close(self) -> None:
        """Closes the file."""
        self._engine.close()

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._engine.closed

    @property
    def position(self) -> int:
        """The position of the last journal entry, 0 when there is none."""
        return self._engine.position()

    @property
    def now(self) -> dt.datetime:
        """The instant that the clock shows. Setting it needs an engine that was opened with `now`."""
        return to_instant(self._engine.now())

    @now.setter
    def now(self, at: dt.datetime) -> None:
        self._engine.set_now(instant(at))

    def run_due(self, limit: int = 1000) -> DueReport:
        """Does what is due, each piece exactly once. The engine has no timer: call this now and then."""
        told = json.loads(self._engine.run_due(limit))
        after = told["next"]
        return DueReport(told["done"], tuple(told["failed"]), None if after is None else to_instant(after))

    def next_due(self) -> dt.datetime | None:
        """When the next work is due."""
        at = self._engine.next_due()
        return None if at is None else to_instant(at)

    def verify(self) -> Verified:
        """Proves every index entry, unique key, reference and journal link."""
        told = json.loads(self._engine.verify())
        told["findings"] = tuple(told["findings"])
        return Verified(**told)

    def repair(self) -> int:
        """Makes indexes anew from the records; answers how many entries were put right."""
        return self._engine.repair()

    def backup(self, path: str | PathLike[str]) -> None:
        """Writes everything committed so far into a new file, while this one is in use."""
        self._engine.backup(fspath(path))

    def __repr__(self) -> str:
        return "<crm.Engine, closed>" if self.closed else f"<crm.Engine at position {self.position}>"


def _id(record: str | Record) -> str:
    return record if isinstance(record, str) else record.id


def _kind(command: str, fields: Mapping[str, Any]) -> str:
    """The kind of record that a command with values is about."""
    room = command.partition(".")[0]
    if room != "record":
        return room
    return str(fields.get("kind") or _id(fields.get("record", "")).rpartition("_")[0])


def open(path: str | PathLike[str], *, now: dt.datetime | None = None, seed: int = 0) -> Engine:
    """Opens a file, or makes it.

    With `now` the clock stands until it is set, and ids are counted from `seed`: a run is then reproduced byte for byte.

    Raises
    ------
    StoreError
        `store.in_use` when another process has the file open, `store.corrupt`, `store.failed`.
    """
    return Engine(_crm.Engine.open_file(fspath(path), None if now is None else instant(now), seed))


def open_in_memory(*, now: dt.datetime | None = None, seed: int = 0) -> Engine:
    """An engine in memory, gone when it is closed: for tests and trials."""
    return Engine(_crm.Engine.in_memory(None if now is None else instant(now), seed))
