"""Commands and lists of lead. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from .. import records, types
from .._door import Room
from .._values import Money

__all__ = [
    "AssignmentRoom",
    "LeadChannelRoom",
    "LeadRoom",
]


class AssignmentRoom(Room[records.Assignment]):
    """Assignment rule (分配规则)."""

    _kind = "assignment"


class LeadRoom(Room[records.Lead]):
    """Lead (线索)."""

    _kind = "lead"

    def assign(
        self,
        lead: str | records.Record,
        *,
        revision: int | None = None,
        owner: str | records.Record | None = None,
        pool: str | records.Record | None = None,
        reason: str | None = None,
        key: str | None = None,
    ) -> types.Given:
        """Gives a lead to a user or into a pool; by the assignment rules when neither is named.

        Parameters
        ----------
        lead
            The lead.
        revision
            The revision that the change is made against; any when none.
        owner
            To whom.
        pool
            Into which pool.
        reason
            Why, for the journal.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.assign", locals(), "Given")

    def capture(
        self,
        lead: types.LeadDraft | Mapping[str, Any],
        *,
        channel: str | None = None,
        on_duplicate: types.OnDuplicate | str | None = None,
        key: str | None = None,
    ) -> types.Captured:
        """Takes in a lead from a form, a message, an import or any other channel.

        The channel's record says what to do with one that repeats a lead, customer or contact.

        Parameters
        ----------
        lead
            The lead.
        channel
            The channel that it came in by.
        on_duplicate
            What to do with a duplicate, where that is not left to the channel.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.capture", locals(), "Captured")

    def convert(
        self,
        lead: str | records.Record,
        *,
        revision: int | None = None,
        customer: Any = None,
        contact: Any = None,
        opportunity: Any = None,
        deal_name: str | None = None,
        pipeline: str | None = None,
        amount: Money | None = None,
        close_on: dt.date | None = None,
        key: str | None = None,
    ) -> types.Converted:
        """Converts a lead into a customer, a contact and an opportunity, each of them new, there already, or left out.

        Tags, source, campaign, need, budget and custom fields of the same name carry over. Refused with
        `lead.converted`, which names the first conversion, when there was one.

        Parameters
        ----------
        lead
            The lead.
        revision
            The revision that the caller knows.
        customer
            The customer.
            - `"new"`: A new record.
            - `{"into": …}`: A record that is there.
            - `"nothing"`: Nothing of that kind.
        contact
            The contact.
            - `"new"`: A new record.
            - `{"into": …}`: A record that is there.
            - `"nothing"`: Nothing of that kind.
        opportunity
            The opportunity.
            - `"new"`: A new record.
            - `{"into": …}`: A record that is there.
            - `"nothing"`: Nothing of that kind.
        deal_name
            The new opportunity's name; made of the customer's and the products when empty.
        pipeline
            Its pipeline; the default one when empty.
        amount
            What it is worth; the lead's budget when none.
        close_on
            When it is expected to close; when the lead means to decide when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.convert", locals(), "Converted")

    def merge(
        self,
        lead: str | records.Record,
        with_: str | records.Record,
        *,
        key: str | None = None,
    ) -> str:
        """Makes two leads one: the one that is further on survives, the earlier of equals.

        Empty fields are filled, lists united, and what the other one said differently goes to the notes; its
        activities and tasks move. It stays behind as invalid and names the survivor. Answers the survivor.

        Parameters
        ----------
        lead
            One lead.
        with_
            The other.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.merge", locals())

    def move(
        self,
        lead: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a lead along its lifecycle; a pause takes `resume_on` among the fields.

        Parameters
        ----------
        lead
            Which one.
        to
            The state to enter, by code or label.
        reason
            Why.
        revision
            The revision that the caller knows.
        fields
            Values for fields that the move asks for, by name or label.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.move", locals(), "Moved")

    def touch(
        self,
        lead: str | records.Record,
        *,
        at: dt.datetime | None = None,
        key: str | None = None,
    ) -> None:
        """Notes that one of us got back to a lead, where the host logs no activity for it: the first time ends its
        wait for a response and begins the following.

        Parameters
        ----------
        lead
            The lead.
        at
            When; now when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.touch", locals())

    def undo_conversion(
        self,
        lead: str | records.Record,
        *,
        revision: int | None = None,
        reason: str | None = None,
        key: str | None = None,
    ) -> None:
        """Undoes a lead's conversion: what it created goes, what it joined stays, and the lead is followed again.

        Refused with `lead.built_on` when a record that it created was changed or is used by another one.

        Parameters
        ----------
        lead
            The lead.
        revision
            The revision that the caller knows.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("lead.undo_conversion", locals())


class LeadChannelRoom(Room[records.LeadChannel]):
    """Lead channel (获客渠道)."""

    _kind = "lead_channel"
