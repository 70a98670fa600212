"""How a session's views are asked and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import records
from ._journal import Change
from ._record import Record, read
from ._values import spoken

if TYPE_CHECKING:
    from ._engine import Session

__all__ = ["CustomerView", "Post", "Timeline"]


class Answers:
    """What all views share: they are asked as data and answered as typed values."""

    def __init__(self, session: Any) -> None:
        self._session: Session = session

    def _answer(self, view: str, said: Mapping[str, Any], how: str = "") -> Any:
        """Asks a view what a method was given, as its `locals()`."""
        return read(how, self._session.view(view, spoken(said)))


@dataclass(frozen=True)
class Timeline:
    """A page of a timeline: what happened and what changed, newest first."""

    items: Sequence[records.Activity | Change]
    end: tuple[str, str] | None
    """What the next page is asked `before`; `None` when this is the last."""

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> Timeline:
        items = [
            _record(item["activity"]) if "activity" in item else Change._told(item["change"]) for item in told["items"]
        ]
        return cls(items, None if told["end"] is None else (told["end"][0], told["end"][1]))


@dataclass(frozen=True)
class Post:
    """A person at a customer, with the post there."""

    post: records.ContactLink
    contact: records.Contact


@dataclass(frozen=True)
class CustomerView:
    """A customer from all sides, as far as the actor may see."""

    customer: records.Customer
    """Profile and addresses."""
    contacts: Sequence[Post]
    """The people, each with the post there."""
    relations: Sequence[records.Relation]
    """Relations to other customers, in either direction."""
    leads: Sequence[records.Lead]
    """The leads that became this customer."""
    opportunities: Sequence[records.Opportunity]
    """The deals."""
    tasks: Sequence[records.Task]
    """The tasks about the customer."""
    timeline: Timeline
    """What happened and changed, newest first: the first page."""

    @property
    def last_activity(self) -> records.Activity | None:
        """The latest activity of the timeline's first page."""
        return next((item for item in self.timeline.items if isinstance(item, records.Activity)), None)

    @classmethod
    def _told(cls, told: Mapping[str, Any]) -> CustomerView:
        many = ("relations", "leads", "opportunities", "tasks")
        return cls(
            customer=_record(told["customer"]),
            contacts=[Post(_record(pair["post"]), _record(pair["contact"])) for pair in told["contacts"]],
            timeline=Timeline._told(told["timeline"]),
            **{name: [_record(one) for one in told[name]] for name in many},
        )


def _record(told: Mapping[str, Any]) -> Any:
    return records.KINDS.get(told["id"].rpartition("_")[0], Record)._told(told)
