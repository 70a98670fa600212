"""Commands and lists of party. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import records, types
from .._door import Room
from .._values import Money

__all__ = [
    "ContactLinkRoom",
    "ContactRoom",
    "CustomerRoom",
    "IndustryRoom",
    "RelationRoom",
]


class ContactRoom(Room[records.Contact]):
    """Contact (联系人)."""

    _kind = "contact"

    def create(
        self,
        name: str,
        *,
        code: str | None = None,
        gender: types.Gender | str | None = None,
        birthday: dt.date | None = None,
        phones: Sequence[str] | None = None,
        landline: str | None = None,
        emails: Sequence[str] | None = None,
        wechat: str | None = None,
        tags: Sequence[str] | None = None,
        notes: str | None = None,
        posts: Sequence[types.Post | Mapping[str, Any]] | None = None,
        custom: Mapping[int, Any] | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a contact with its posts.

        Parameters
        ----------
        name
            The name.
        code
            The human code; by the numbering rule when empty.
        gender
            The gender.
        birthday
            The birthday.
        phones
            Mobile numbers.
        landline
            The number on the desk.
        emails
            E-mail addresses.
        wechat
            WeChat.
        tags
            Tags.
        notes
            Whatever else is known.
        posts
            Its posts.
        custom
            The values of custom fields, by number.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("contact.create", locals())

    def link(
        self,
        contact: str | records.Record,
        post: types.Post | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> str:
        """Gives a contact a post at a customer.

        Parameters
        ----------
        contact
            The contact.
        post
            The post.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("contact.link", locals())

    def move(
        self,
        contact: str | records.Record,
        from_: str | records.Record,
        to: types.Post | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> str:
        """Moves a contact from one customer to another: the post at the first ends, one at the second begins.

        Parameters
        ----------
        contact
            The contact.
        from_
            The customer that it leaves.
        to
            The post that it takes; it begins on the day that is given there, else today.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("contact.move", locals())

    def unlink(
        self,
        link: str | records.Record,
        *,
        revision: int | None = None,
        on: dt.date | None = None,
        key: str | None = None,
    ) -> None:
        """Ends a contact's post.

        Parameters
        ----------
        link
            The post.
        revision
            The revision that it must stand at; any when none.
        on
            The day on which it is no longer in force; today when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("contact.unlink", locals())


class ContactLinkRoom(Room[records.ContactLink]):
    """Contact's post (任职关系)."""

    _kind = "contact_link"


class CustomerRoom(Room[records.Customer]):
    """Customer (客户)."""

    _kind = "customer"

    def create(
        self,
        name: str,
        *,
        code: str | None = None,
        form: types.LegalForm | str | None = None,
        trading_roles: Sequence[types.TradingRole | str] | None = None,
        credit_code: str | None = None,
        industry: str | None = None,
        country: str | None = None,
        province: str | None = None,
        city: str | None = None,
        district: str | None = None,
        street: str | None = None,
        addresses: Sequence[types.Address | Mapping[str, Any]] | None = None,
        phones: Sequence[str] | None = None,
        emails: Sequence[str] | None = None,
        wechat: str | None = None,
        website: str | None = None,
        employees: int | None = None,
        annual_revenue: Money | None = None,
        registered_capital: Money | None = None,
        founded_on: dt.date | None = None,
        source: types.Source | str | None = None,
        referrer: str | records.Record | None = None,
        referrer_name: str | None = None,
        level: types.Level | str | None = None,
        flags: Sequence[types.Flag | str] | None = None,
        tags: Sequence[str] | None = None,
        parent: str | records.Record | None = None,
        filed_on: dt.date | None = None,
        last_activity_at: dt.datetime | None = None,
        follow_up_at: dt.datetime | None = None,
        notes: str | None = None,
        owner: str | records.Record | None = None,
        collaborators: Sequence[str | records.Record] | None = None,
        pool: str | records.Record | None = None,
        custom: Mapping[int, Any] | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a customer; the actor owns it unless an owner or a pool is named.

        Parameters
        ----------
        name
            The name.
        code
            The human code; by the numbering rule when empty.
        form
            Company or person; a company when none.
        trading_roles
            The parts it plays in trade.
        credit_code
            The unified social credit code.
        industry
            The industry, by code or label.
        country
            The country.
        province
            The province or state.
        city
            The city.
        district
            The district.
        street
            The street of the main address.
        addresses
            Addresses by what they are for.
        phones
            Telephone numbers.
        emails
            E-mail addresses.
        wechat
            WeChat.
        website
            The website.
        employees
            How many people work there.
        annual_revenue
            What it sells in a year.
        registered_capital
            The capital in the register.
        founded_on
            The day it was founded.
        source
            Where it came from.
        referrer
            The customer that referred it.
        referrer_name
            Who referred it, where that is no customer.
        level
            How much it matters.
        flags
            What sets it apart.
        tags
            Tags.
        parent
            The company above it.
        filed_on
            Since when it is in the books.
        last_activity_at
            When somebody last dealt with it; only who may import may say so.
        follow_up_at
            When somebody means to deal with it next.
        notes
            Whatever else is known.
        owner
            Who looks after it.
        collaborators
            Who helps.
        pool
            The public pool it goes to while nobody owns it.
        custom
            The values of custom fields, by number.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("customer.create", locals())

    def grade(
        self,
        customer: str | records.Record,
        level: types.Level | str,
        rule: str,
        *,
        overrule: bool | None = None,
        key: str | None = None,
    ) -> None:
        """Gives a customer the level that a rule found, such as one by RFM; the rule is named beside it. A level that a
        person gave stays unless `overrule`.

        # Errors
        Refused with `party.level_by_hand`.

        Parameters
        ----------
        customer
            The customer.
        level
            The level.
        rule
            The rule.
        overrule
            Whether to overwrite what a person gave.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("customer.grade", locals())

    def move(
        self,
        customer: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a customer along its lifecycle.

        Parameters
        ----------
        customer
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
        return self._run("customer.move", locals(), "Moved")


class IndustryRoom(Room[records.Industry]):
    """Industry (行业)."""

    _kind = "industry"


class RelationRoom(Room[records.Relation]):
    """Relation (关联关系)."""

    _kind = "relation"

    def create(
        self,
        from_: str | records.Record,
        relation: types.RelationType | str,
        to: str | records.Record,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
        notes: str | None = None,
        key: str | None = None,
    ) -> str:
        """Says what one customer is to another, or one contact to another.

        Parameters
        ----------
        from_
            The first party: who is it.
        relation
            What the first party is to the second.
        to
            The second party: whose it is.
        since
            The first day.
        until
            The day on which it is no longer in force.
        notes
            Whatever else is known.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("relation.create", locals())

    def end(
        self,
        relation: str | records.Record,
        *,
        revision: int | None = None,
        on: dt.date | None = None,
        key: str | None = None,
    ) -> None:
        """Ends a relation.

        Parameters
        ----------
        relation
            The relation.
        revision
            The revision that it must stand at; any when none.
        on
            The day on which it is no longer in force; today when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("relation.end", locals())
