"""How a session offers a kind of record: its commands, its records, its lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _frames
from ._criteria import criteria
from ._html import table_html
from ._record import Record, columns_of, read
from ._values import spoken
from .errors import InvalidError

if TYPE_CHECKING:
    from ._crm import Table
    from ._engine import Session

R = TypeVar("R", bound=Record)


class Door:
    """Commands of one room."""

    _kind = ""

    def __init__(self, session: Any) -> None:
        self._session: Session = session

    def _run(self, command: str, said: Mapping[str, Any], how: str = "") -> Any:
        """Runs a command of what a method was given, as its `locals()`."""
        given = spoken(said)
        key = given.pop("key", None)
        return read(how, self._session.execute(command, given, key=key))


class Room(Door, Generic[R]):
    """A kind of record: its commands, its records by id, and its lists."""

    def get(self, id: str | R) -> R:
        """A record by its id; or as it stands now, by what it was.

        Raises
        ------
        NotFoundError
            There is none, or none that the actor may see.
        """
        given = id if isinstance(id, str) else id.id
        found = given.rpartition("_")[0]
        if found and found != self._kind:
            raise InvalidError(f"`{given}` is not of a {self._kind} but of a {found}", "value.type")
        return self._session.get(given)  # type: ignore[return-value]

    def list(
        self, filter: str | None = None, *, sort: str | Sequence[str] = (), limit: int | None = None, **fields: Any
    ) -> List[R]:
        """The records that pass criteria, lazily: nothing is read until it is looked at.

        Criteria are text (`"state = 'new' and owner in me.team"`, English or Chinese names), keywords, or both:
        `state="new"`, `amount__gt=10_000`, `name__contains="光电"`, `owner=None`, `state__in=["won", "lost"]`, with
        `eq, ne, gt, ge, lt, le, in, not_in, contains, starts_with`. `sort` names fields, `-` before one for greatest
        first.
        """
        return List(self._session, self._kind, criteria(filter, fields), sort, limit)

    def __iter__(self) -> Iterator[R]:
        return iter(self.list())

    def count(self, filter: str | None = None, **fields: Any) -> int:
        """How many records pass criteria, as for `list`."""
        return self.list(filter, **fields).count()

    def fields(self) -> Sequence[dict[str, Any]]:
        """The fields that the actor sees, custom ones included: name, labels, type, choices, marks."""
        return self._session._fields(self._kind)


class List(Generic[R]):
    """A list of records, read page by page while it is walked over."""

    page_size = 500

    def __init__(
        self, session: Session, kind: str, filter: str | None, sort: str | Sequence[str], limit: int | None
    ) -> None:
        self._session, self._kind, self.filter, self.limit = session, kind, filter, limit
        self._sort = [sort] if isinstance(sort, str) else list(sort)

    def _asked(self, limit: int | None = None, after: str | None = None) -> str:
        sort = [{"field": name.lstrip("-"), "descending": name.startswith("-")} for name in self._sort]
        asked = {"kind": self._kind, "filter": self.filter, "sort": sort, "limit": limit, "after": after}
        return json.dumps(asked)

    def __iter__(self) -> Iterator[R]:
        left, after = self.limit, None
        while left is None or left > 0:
            size = self.page_size if left is None else min(left, self.page_size)
            items, after = self.page(size, after)
            yield from items
            if after is None:
                return
            left = None if left is None else left - len(items)

    def page(self, size: int = 50, after: str | None = None) -> tuple[Sequence[R], str | None]:
        """A page, and what to ask the next one after; `None` when it is the last."""
        told = json.loads(self._session._engine.page(self._session._whose, self._asked(size, after)))
        return [self._session._record(item) for item in told["items"]], told["end"]

    def first(self) -> R | None:
        """The first record, if there is any."""
        return next(iter(List(self._session, self._kind, self.filter, self._sort, 1)), None)

    def count(self) -> int:
        """How many records the whole list has."""
        return self._session._engine.count(self._session._whose, self._asked())

    def explain(self) -> dict[str, Any]:
        """How the list would be read: `index`, `stretches`, `ordered`, `scoped`."""
        return dict(json.loads(self._session._engine.explain(self._session._whose, self._asked())))

    def to_arrow(self, fields: Sequence[str] | None = None) -> Table:
        """The whole list as columns, at the speed of columns: `id`, then `fields`, or all that the actor sees.

        Money is a decimal column and `<name>_currency`; instants are UTC; choices are dictionaries; references are ids;
        lists are lists of values, rows within a record lists of structs; numbers and addresses to reach somebody are texts
        in normal form. Rows come as `sort` says, in any order without it; where no index gives that order all of them are
        in memory at once.
        """
        return self._session._engine.columns(
            self._session._whose, self._asked(self.limit), None if fields is None else list(fields)
        )

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_polars(self, fields: Sequence[str] | None = None) -> Any:
        """`to_arrow` as a polars frame."""
        return _frames.convert(self.to_arrow(fields), "polars")

    def to_pandas(self, fields: Sequence[str] | None = None) -> Any:
        """`to_arrow` as a pandas frame."""
        return _frames.convert(self.to_arrow(fields), "pandas")

    def __repr__(self) -> str:
        return f"<list of {self._kind}: {self.filter or 'all'}>"

    def _repr_html_(self) -> str:
        some = list(List[R](self._session, self._kind, self.filter, self._sort, min(self.limit or 20, 20)))
        names = columns_of(some, 9)
        return table_html([{name: record.to_dict().get(name) for name in names} for record in some], repr(self))
