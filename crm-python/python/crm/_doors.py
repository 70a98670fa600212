"""Commands and lists by kind of record, as a session offers them. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from . import records, types
from ._door import Door, Room
from ._values import Money



class ActivityRoom(Room[records.Activity]):
    """Activity (互动记录)."""

    _kind = "activity"

    def log(
        self,
        about: str | records.Record,
        kind: Any,
        *,
        direction: Any = None,
        at: dt.datetime | None = None,
        minutes: int | None = None,
        contact: str | records.Record | None = None,
        participants: Sequence[Any] | None = None,
        subject: str | None = None,
        text: str | None = None,
        outcome: str | None = None,
        position: Any = None,
        next: types.FollowUp | Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Logged:
        """Logs an activity about a record and, if asked, sets the next follow-up in the same call.

        The record, and for a deal or contact its customer too, remember when something last
        happened; our first answer to a lead sets its response time and begins its following.

        Parameters
        ----------
        about
            The record that it is about.
        kind
            What kind of activity.
        direction
            Who began it.
        at
            When it began; now when there is none.
        minutes
            How long it took.
        contact
            With whom.
        participants
            Who took part beside.
        subject
            The subject.
        text
            What was said, done or found.
        outcome
            What came of it.
        position
            Where.
        next
            What to do next.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "activity.log",
            {
                "about": about,
                "kind": kind,
                "direction": direction,
                "at": at,
                "minutes": minutes,
                "contact": contact,
                "participants": participants,
                "subject": subject,
                "text": text,
                "outcome": outcome,
                "position": position,
                "next": next,
            },
            (),
            "Logged",
            key,
        )


class ActivityTypeRoom(Room[records.ActivityType]):
    """Activity type (互动类型)."""

    _kind = "activity_type"


class AssignmentRoom(Room[records.Assignment]):
    """Assignment rule (分配规则)."""

    _kind = "assignment"


class BehaviourRoom(Room[records.Behaviour]):
    """Behaviour (行为)."""

    _kind = "behaviour"


class ClaimTallyRoom(Room[records.ClaimTally]):
    """Claims of a day (领取计数)."""

    _kind = "claim_tally"


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
        custom: Any = None,
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
        return self._run(  # type: ignore[no-any-return]
            "contact.create",
            {
                "name": name,
                "code": code,
                "gender": gender,
                "birthday": birthday,
                "phones": phones,
                "landline": landline,
                "emails": emails,
                "wechat": wechat,
                "tags": tags,
                "notes": notes,
                "posts": posts,
                "custom": custom,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "contact.link",
            {
                "contact": contact,
                "post": post,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "contact.move",
            {
                "contact": contact,
                "from": from_,
                "to": to,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "contact.unlink",
            {
                "link": link,
                "revision": revision,
                "on": on,
            },
            (),
            None,
            key,
        )


class ContactLinkRoom(Room[records.ContactLink]):
    """Contact's post (任职关系)."""

    _kind = "contact_link"


class CustomFieldRoom(Room[records.CustomField]):
    """Custom field (自定义字段)."""

    _kind = "custom_field"


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
        addresses: Sequence[Any] | None = None,
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
        custom: Any = None,
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
        return self._run(  # type: ignore[no-any-return]
            "customer.create",
            {
                "name": name,
                "code": code,
                "form": form,
                "trading_roles": trading_roles,
                "credit_code": credit_code,
                "industry": industry,
                "country": country,
                "province": province,
                "city": city,
                "district": district,
                "street": street,
                "addresses": addresses,
                "phones": phones,
                "emails": emails,
                "wechat": wechat,
                "website": website,
                "employees": employees,
                "annual_revenue": annual_revenue,
                "registered_capital": registered_capital,
                "founded_on": founded_on,
                "source": source,
                "referrer": referrer,
                "referrer_name": referrer_name,
                "level": level,
                "flags": flags,
                "tags": tags,
                "parent": parent,
                "filed_on": filed_on,
                "last_activity_at": last_activity_at,
                "follow_up_at": follow_up_at,
                "notes": notes,
                "owner": owner,
                "collaborators": collaborators,
                "pool": pool,
                "custom": custom,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "customer.grade",
            {
                "customer": customer,
                "level": level,
                "rule": rule,
                "overrule": overrule,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "customer.move",
            {
                "customer": customer,
                "to": to,
                "reason": reason,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            "Moved",
            key,
        )


class DepartmentRoom(Room[records.Department]):
    """Department (部门)."""

    _kind = "department"

    def create(
        self,
        name: str,
        *,
        parent: str | records.Record | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a department.

        Parameters
        ----------
        name
            The name.
        parent
            The department above.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "department.create",
            {
                "name": name,
                "parent": parent,
            },
            (),
            None,
            key,
        )

    def update(
        self,
        department: str | records.Record,
        *,
        revision: int | None = None,
        name: str | None = None,
        parent: str | records.Record | None = None,
        key: str | None = None,
    ) -> None:
        """Renames a department or puts it below another; `record.update` also puts it at the top.

        Parameters
        ----------
        department
            The department.
        revision
            The revision that the change is made against; any when none.
        name
            The name.
        parent
            The department above.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "department.update",
            {
                "department": department,
                "revision": revision,
                "name": name,
                "parent": parent,
            },
            (),
            None,
            key,
        )


class FieldRoom(Door):
    """Commands on any field."""

    _kind = "field"

    def change(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        en: str | None = None,
        zh: str | None = None,
        choices: Sequence[Any] | None = None,
        columns: Sequence[Any] | None = None,
        required: bool | None = None,
        unique: bool | None = None,
        default: str | None = None,
        pattern: str | None = None,
        least: Decimal | None = None,
        most: Decimal | None = None,
        help: str | None = None,
        key: str | None = None,
    ) -> None:
        """Changes what is given of a custom field; `record.update` also clears labels and limits.

        Values stay as they are: a choice that is taken out remains where it was chosen and can't be
        chosen again; columns of a sub-table are added at the end.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        en
            The English label.
        zh
            The Chinese label.
        choices
            All choices.
        columns
            All columns.
        required
            Whether a value must be there from now on.
        unique
            Whether no two records may share a value; refused when two do.
        default
            The value of new records that are given none.
        pattern
            What text must look like.
        least
            The least number.
        most
            The greatest number.
        help
            What a person entering it is told.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "field.change",
            {
                "field": field,
                "revision": revision,
                "en": en,
                "zh": zh,
                "choices": choices,
                "columns": columns,
                "required": required,
                "unique": unique,
                "default": default,
                "pattern": pattern,
                "least": least,
                "most": most,
                "help": help,
            },
            (),
            None,
            key,
        )

    def define(
        self,
        kind: str,
        name: str,
        ty: types.CustomType | str,
        *,
        en: str | None = None,
        zh: str | None = None,
        choices: Sequence[Any] | None = None,
        columns: Sequence[Any] | None = None,
        target: str | None = None,
        required: bool | None = None,
        unique: bool | None = None,
        personal: bool | None = None,
        default: str | None = None,
        pattern: str | None = None,
        least: Decimal | None = None,
        most: Decimal | None = None,
        help: str | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a custom field of a kind, while data exists. It behaves as a built-in field everywhere.

        Records that are there already have no value in it, required or not, until they are given one.

        Parameters
        ----------
        kind
            The kind of record that gets it.
        name
            The machine name: one plain word.
        en
            The English label; the name when empty.
        zh
            The Chinese label; the name when empty.
        ty
            The type.
        choices
            The choices, for single and multiple choice.
        columns
            The columns, for a sub-table.
        target
            The kind of record that a reference names; any when there is none.
        required
            Whether a value must be there.
        unique
            Whether no two records may share a value.
        personal
            Whether it is personal data.
        default
            The value of new records that are given none.
        pattern
            What text must look like: `#` a digit, `@` a letter, `?` any, `*` anything, `\\` literal.
        least
            The least number.
        most
            The greatest number.
        help
            What a person entering it is told.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "field.define",
            {
                "kind": kind,
                "name": name,
                "en": en,
                "zh": zh,
                "ty": ty,
                "choices": choices,
                "columns": columns,
                "target": target,
                "required": required,
                "unique": unique,
                "personal": personal,
                "default": default,
                "pattern": pattern,
                "least": least,
                "most": most,
                "help": help,
            },
            (),
            None,
            key,
        )

    def restore(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Lets a retired field take values again.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "field.restore",
            {
                "field": field,
                "revision": revision,
            },
            (),
            None,
            key,
        )

    def retire(
        self,
        field: str | records.Record,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Retires a custom field: it takes no more values and is asked for no more; its values and their
        history stay.

        Parameters
        ----------
        field
            The field.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "field.retire",
            {
                "field": field,
                "revision": revision,
            },
            (),
            None,
            key,
        )


class ForecastRoom(Room[records.Forecast]):
    """Forecast (销售预测)."""

    _kind = "forecast"

    def keep(
        self,
        name: str,
        figures: Any,
        *,
        key: str | None = None,
    ) -> str:
        """Keeps a forecast under a name: its first version, or the next one. It is the actor's, and is never changed.

        Parameters
        ----------
        name
            The name, such as `2026-Q1`.
        figures
            The figures; its id, name, version and owner are given by this command.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "forecast.keep",
            {
                "name": name,
                "figures": figures,
            },
            (),
            None,
            key,
        )


class IndustryRoom(Room[records.Industry]):
    """Industry (行业)."""

    _kind = "industry"


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
        return self._run(  # type: ignore[no-any-return]
            "lead.assign",
            {
                "lead": lead,
                "revision": revision,
                "owner": owner,
                "pool": pool,
                "reason": reason,
            },
            (),
            "Given",
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "lead.capture",
            {
                "lead": lead,
                "channel": channel,
                "on_duplicate": on_duplicate,
            },
            (),
            "Captured",
            key,
        )

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
        contact
            The contact.
        opportunity
            The opportunity.
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
        return self._run(  # type: ignore[no-any-return]
            "lead.convert",
            {
                "lead": lead,
                "revision": revision,
                "customer": customer,
                "contact": contact,
                "opportunity": opportunity,
                "deal_name": deal_name,
                "pipeline": pipeline,
                "amount": amount,
                "close_on": close_on,
            },
            (),
            "Converted",
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "lead.merge",
            {
                "lead": lead,
                "with": with_,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "lead.move",
            {
                "lead": lead,
                "to": to,
                "reason": reason,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            "Moved",
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "lead.touch",
            {
                "lead": lead,
                "at": at,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "lead.undo_conversion",
            {
                "lead": lead,
                "revision": revision,
                "reason": reason,
            },
            (),
            None,
            key,
        )


class LeadChannelRoom(Room[records.LeadChannel]):
    """Lead channel (获客渠道)."""

    _kind = "lead_channel"


class LifecycleRoom(Room[records.Lifecycle]):
    """Lifecycle (状态机)."""

    _kind = "lifecycle"

    def define(
        self,
        definition: Any,
        *,
        default: bool | None = None,
        map: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> types.LifecycleDefined:
        """Defines a lifecycle or pipeline, or replaces the one of its name, a built-in one too.

        The records that follow it are moved by the map in the same unit. When some are in a state
        that is gone and not mapped, nothing changes, and the error names every such state.

        # Errors
        Invalid with everything that is wrong with the definition and the map.

        Parameters
        ----------
        definition
            The definition; `load` reads one from a document.
        default
            Whether records that name no lifecycle follow it.
        map
            Where records go, by the code of the state they are in.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "lifecycle.define",
            {
                "definition": definition,
                "default": default,
                "map": map,
            },
            (),
            "LifecycleDefined",
            key,
        )

    def load(
        self,
        document: str,
        *,
        default: bool | None = None,
        map: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Sequence[types.LifecycleDefined]:
        """Defines every pipeline and lifecycle of a document in YAML or JSON, with English or Chinese
        keys (see `load_all`), as `lifecycle.define` does.

        # Errors
        Invalid with everything that is wrong with the document, by line and column.

        Parameters
        ----------
        document
            The document.
        default
            Whether records that name no lifecycle follow the first of each kind.
        map
            Where records go, by the code of the state they are in.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "lifecycle.load",
            {
                "document": document,
                "default": default,
                "map": map,
            },
            (),
            "*LifecycleDefined",
            key,
        )


class ModelRoom(Room[records.Model]):
    """Model (预测模型)."""

    _kind = "model"

    def predict(
        self,
        model: str | records.Record,
        deals: Sequence[str | records.Record],
        *,
        key: str | None = None,
    ) -> int:
        """Writes on open deals the probability that a model predicts; deals that are closed stay as they are. Answers on
        how many it wrote. What the actor doesn't see of a deal isn't known to the model.

        Parameters
        ----------
        model
            The model.
        deals
            The deals, at most `MOST`.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "model.predict",
            {
                "model": model,
                "deals": deals,
            },
            (),
            None,
            key,
        )

    def save(
        self,
        name: str,
        purpose: Any,
        about: str,
        trained_at: dt.datetime,
        model: Any,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> str:
        """Stores a trained model under a name: its first version, or a new one in place of the one before, which the
        journal keeps.

        Parameters
        ----------
        name
            The name.
        revision
            The revision of the record that it replaces; any when none.
        purpose
            What it predicts.
        about
            The kind of record that it scores.
        trained_at
            As of when the history was read that it was trained on.
        model
            The model, with its figures.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "model.save",
            {
                "name": name,
                "revision": revision,
                "purpose": purpose,
                "about": about,
                "trained_at": trained_at,
                "model": model,
            },
            (),
            None,
            key,
        )


class NotificationRoom(Room[records.Notification]):
    """Notification (通知)."""

    _kind = "notification"

    def read(
        self,
        notifications: Sequence[str | records.Record],
        *,
        key: str | None = None,
    ) -> None:
        """Marks messages of one's own inbox as read; those that are read already stay as they are.

        Parameters
        ----------
        notifications
            The messages.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "notification.read",
            {
                "notifications": notifications,
            },
            (),
            None,
            key,
        )

    def send(
        self,
        user: str | records.Record,
        subject: str,
        *,
        body: str | None = None,
        about: str | records.Record | None = None,
        key: str | None = None,
    ) -> str:
        """Puts a message in a user's inbox.

        Parameters
        ----------
        user
            For whom.
        subject
            What it says, in a line.
        body
            What it says beside.
        about
            The record that it is about.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "notification.send",
            {
                "user": user,
                "subject": subject,
                "body": body,
                "about": about,
            },
            (),
            None,
            key,
        )


class NumberingRoom(Room[records.Numbering]):
    """Numbering rule (编号规则)."""

    _kind = "numbering"

    def define(
        self,
        kind: str,
        template: str,
        *,
        key: str | None = None,
    ) -> str:
        """Defines how codes of a kind are made, or replaces how; codes that were given out stay.

        Parameters
        ----------
        kind
            The kind of record.
        template
            The template, such as `C{yyyy}-{n:5}`.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "numbering.define",
            {
                "kind": kind,
                "template": template,
            },
            (),
            None,
            key,
        )


class OpportunityRoom(Room[records.Opportunity]):
    """Opportunity (商机)."""

    _kind = "opportunity"

    def advance(
        self,
        opportunity: str | records.Record,
        *,
        to: str | None = None,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a deal to a stage: ahead, past stages where that is allowed, or back with a reason; to
        the next open stage when none is named.

        Refused with everything that the move lacks, `opportunity.last_stage` when there is no next.

        Parameters
        ----------
        opportunity
            The deal.
        to
            The stage, by code or label.
        reason
            Why.
        revision
            The revision that the caller knows.
        fields
            Values for fields that the move asks for, by name or label.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "opportunity.advance",
            {
                "opportunity": opportunity,
                "to": to,
                "reason": reason,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            "Moved",
            key,
        )

    def lose(
        self,
        opportunity: str | records.Record,
        reason: str,
        *,
        competitor: str | None = None,
        to: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Loses a deal, with the reason and, if one did, the competitor who won it.

        Refused with everything that the move lacks.

        Parameters
        ----------
        opportunity
            The deal.
        reason
            Why.
        competitor
            To whom.
        to
            Which lost stage, where the pipeline has several.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "opportunity.lose",
            {
                "opportunity": opportunity,
                "reason": reason,
                "competitor": competitor,
                "to": to,
                "revision": revision,
            },
            (),
            "Moved",
            key,
        )

    def reopen(
        self,
        opportunity: str | records.Record,
        reason: str,
        *,
        to: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Opens a closed deal again, with the reason: in the stage named, or the furthest open one that
        it has been in.

        Refused with `opportunity.not_closed` while it is open, else with everything the move lacks.

        Parameters
        ----------
        opportunity
            The deal.
        reason
            Why.
        to
            The stage, by code or label.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "opportunity.reopen",
            {
                "opportunity": opportunity,
                "reason": reason,
                "to": to,
                "revision": revision,
            },
            (),
            "Moved",
            key,
        )

    def win(
        self,
        opportunity: str | records.Record,
        *,
        reason: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Wins a deal.

        Refused with everything that the move lacks.

        Parameters
        ----------
        opportunity
            The deal.
        reason
            Why we won.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "opportunity.win",
            {
                "opportunity": opportunity,
                "reason": reason,
                "revision": revision,
            },
            (),
            "Moved",
            key,
        )


class PoolRoom(Room[records.Pool]):
    """Public pool (公海)."""

    _kind = "pool"

    def assign(
        self,
        record: str | records.Record,
        to: str | records.Record,
        *,
        reason: str | None = None,
        key: str | None = None,
    ) -> None:
        """Gives a record that lies in a public pool to one of the pool's members.

        Parameters
        ----------
        record
            The customer or lead.
        to
            Who gets it.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "pool.assign",
            {
                "record": record,
                "to": to,
                "reason": reason,
            },
            (),
            None,
            key,
        )

    def claim(
        self,
        record: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Claims a record from a public pool.

        # Errors
        Refused as `pool.gone` when somebody was quicker, with who has it if the claimant may see that
        user; with every limit that is reached otherwise.

        Parameters
        ----------
        record
            The customer or lead.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "pool.claim",
            {
                "record": record,
            },
            (),
            None,
            key,
        )

    def define(
        self,
        name: str,
        kind: str,
        *,
        pool: str | records.Record | None = None,
        revision: int | None = None,
        departments: Sequence[str | records.Record] | None = None,
        users: Sequence[str | records.Record] | None = None,
        region: str | None = None,
        follow_up_days: int | None = None,
        opportunity_days: int | None = None,
        deal_days: int | None = None,
        working_days: bool | None = None,
        warn_days: int | None = None,
        exempt_levels: Sequence[str] | None = None,
        exempt_states: Sequence[str] | None = None,
        exempt_flags: Sequence[str] | None = None,
        exempt_rule: str | records.Record | None = None,
        reclaim_rule: str | records.Record | None = None,
        owned_limit: int | None = None,
        claims_a_day: int | None = None,
        cooldown_days: int | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a public pool, or replaces its rules.

        ```
        use crm_core::domain::pool::DefinePool;
        let command: DefinePool = serde_json::from_str(
            r#"{"name": "华东客户公海", "kind": "customer", "follow_up_days": 30, "warn_days": 3, "claims_a_day": 5}"#,
        ).unwrap();
        assert_eq!(command.follow_up_days, Some(30));
        ```

        Parameters
        ----------
        pool
            The pool to replace; a new one when there is none.
        revision
            The revision that the change is made against; any when none.
        name
            The name.
        kind
            The kind of record in it.
        departments
            The departments whose users are members.
        users
            Users who are members beside.
        region
            The province, city or country whose records belong here.
        follow_up_days
            Reclaim after so many days without follow-up; never when there is none.
        opportunity_days
            Reclaim a customer after so many days without an opportunity.
        deal_days
            Reclaim a customer after so many days without a deal.
        working_days
            Whether days are working days.
        warn_days
            Warn the owner so many days ahead.
        exempt_levels
            Levels that are never reclaimed.
        exempt_states
            States that are never reclaimed.
        exempt_flags
            Flags that are never reclaimed.
        exempt_rule
            A rule; records for which it holds are never reclaimed.
        reclaim_rule
            A rule; only records for which it holds are reclaimed.
        owned_limit
            How many records a user may own at most; no limit when there is none.
        claims_a_day
            How many records a user may claim a day.
        cooldown_days
            For how many days the last owner may not claim a record again.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "pool.define",
            {
                "pool": pool,
                "revision": revision,
                "name": name,
                "kind": kind,
                "departments": departments,
                "users": users,
                "region": region,
                "follow_up_days": follow_up_days,
                "opportunity_days": opportunity_days,
                "deal_days": deal_days,
                "working_days": working_days,
                "warn_days": warn_days,
                "exempt_levels": exempt_levels,
                "exempt_states": exempt_states,
                "exempt_flags": exempt_flags,
                "exempt_rule": exempt_rule,
                "reclaim_rule": reclaim_rule,
                "owned_limit": owned_limit,
                "claims_a_day": claims_a_day,
                "cooldown_days": cooldown_days,
            },
            (),
            None,
            key,
        )

    def release(
        self,
        record: str | records.Record,
        reason: str,
        *,
        revision: int | None = None,
        pool: str | records.Record | None = None,
        key: str | None = None,
    ) -> str:
        """Gives a record back to a public pool, or puts one that nobody has into a pool.

        Parameters
        ----------
        record
            The customer or lead.
        revision
            The revision that the change is made against; any when none.
        pool
            Into which pool; the one that it came from, or that of its region or of its owner's
            department, when none is named.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "pool.release",
            {
                "record": record,
                "revision": revision,
                "pool": pool,
                "reason": reason,
            },
            (),
            None,
            key,
        )


class PriceRoom(Room[records.Price]):
    """Price (价格)."""

    _kind = "price"


class PriceBookRoom(Room[records.PriceBook]):
    """Price book (价格表)."""

    _kind = "price_book"


class ProductRoom(Room[records.Product]):
    """Product (产品)."""

    _kind = "product"

    def price(
        self,
        product: str | records.Record,
        request: types.PriceRequest | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> types.PriceAnswer:
        """The price of a product for a customer's level, region and channel, a quantity and a day,
        with the entry that gave it.

        Refused with `catalog.off_sale` when the product isn't sold, and with `catalog.no_price` when
        nothing prices it.

        Parameters
        ----------
        product
            The product.
        request
            For whom, where, how many and when.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "product.price",
            {
                "product": product,
                "request": request,
            },
            (),
            "PriceAnswer",
            key,
        )


class RecordRoom(Door):
    """Commands on any record."""

    _kind = "record"

    def create(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> str:
        """Creates a record of any kind from fields by name or label.

        Parameters
        ----------
        kind
            The kind.
        fields
            The values.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "record.create",
            {
                "kind": kind,
                "fields": fields,
            },
            ('fields',),
            None,
            key,
        )

    def delete(
        self,
        record: str | records.Record,
        reason: str,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Deletes a record that no other refers to.

        Parameters
        ----------
        record
            The record.
        revision
            The revision that it must stand at; any when none.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "record.delete",
            {
                "record": record,
                "revision": revision,
                "reason": reason,
            },
            (),
            None,
            key,
        )

    def move(
        self,
        record: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a record of any kind along its lifecycle.

        Parameters
        ----------
        record
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
        return self._run(  # type: ignore[no-any-return]
            "record.move",
            {
                "record": record,
                "to": to,
                "reason": reason,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            "Moved",
            key,
        )

    def update(
        self,
        record: str | records.Record,
        fields: Mapping[str, Any],
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> str:
        """Changes fields of a record; null clears one.

        Parameters
        ----------
        record
            The record.
        revision
            The revision that the change is made against; any when none.
        fields
            The values.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "record.update",
            {
                "record": record,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            None,
            key,
        )


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
        return self._run(  # type: ignore[no-any-return]
            "relation.create",
            {
                "from": from_,
                "relation": relation,
                "to": to,
                "since": since,
                "until": until,
                "notes": notes,
            },
            (),
            None,
            key,
        )

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
        return self._run(  # type: ignore[no-any-return]
            "relation.end",
            {
                "relation": relation,
                "revision": revision,
                "on": on,
            },
            (),
            None,
            key,
        )


class RoleRoom(Room[records.Role]):
    """Role (角色)."""

    _kind = "role"

    def define(
        self,
        name: str,
        *,
        role: str | records.Record | None = None,
        revision: int | None = None,
        grants: Sequence[Any] | None = None,
        fields: Sequence[Any] | None = None,
        administrator: bool | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a role, or replaces what one may do. For administrators.

        ```
        use crm_core::domain::org::{DefineRole, Grant};
        use crm_core::record::action::{Action, Scope};
        let everything_own = Grant {
            kind: "*".into(),
            actions: vec!`Update`,
            scope: Scope::Subordinates,
        };
        let command = DefineRole {
            role: None, revision: None, name: "sales".into(),
            grants: vec!`everything_own`, fields: vec![], administrator: false,
        };
        assert_eq!(command.grants.len(), 1);
        ```

        Parameters
        ----------
        role
            The role to replace; a new one when there is none.
        revision
            The revision that the change is made against; any when none.
        name
            The name, by which lifecycles refer to it.
        grants
            What it may do; the kind `*` stands for every kind that does not steer the engine.
        fields
            What it may not do with fields.
        administrator
            Whether it may do everything with everything.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "role.define",
            {
                "role": role,
                "revision": revision,
                "name": name,
                "grants": grants,
                "fields": fields,
                "administrator": administrator,
            },
            (),
            None,
            key,
        )


class RuleRoom(Room[records.Rule]):
    """Rule (规则)."""

    _kind = "rule"

    def activate(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Puts a rule in force, one that was switched off by failing too.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.activate",
            {
                "rule": rule,
            },
            (),
            None,
            key,
        )

    def apply(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Asks the scoring and level rules about every record of a rule's kind, in stretches of due work.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.apply",
            {
                "rule": rule,
            },
            (),
            None,
            key,
        )

    def deactivate(
        self,
        rule: str | records.Record,
        *,
        key: str | None = None,
    ) -> None:
        """Takes a rule out of force.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.deactivate",
            {
                "rule": rule,
            },
            (),
            None,
            key,
        )

    def load(
        self,
        document: str,
        *,
        name: str | None = None,
        activate: bool | None = None,
        key: str | None = None,
    ) -> types.SavedRule:
        """Loads a scoring rule from a document in YAML or JSON with English or Chinese keys, and puts it in
        force if asked.

        # Errors
        Invalid with everything that is wrong with the document, by line and column, or with the rule.

        Parameters
        ----------
        document
            The document.
        name
            The rule's name, in place of the document's.
        activate
            Whether it is put in force.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.load",
            {
                "document": document,
                "name": name,
                "activate": activate,
            },
            (),
            "SavedRule",
            key,
        )

    def save(
        self,
        rule: types.RuleDraft | Mapping[str, Any],
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.SavedRule:
        """Saves a rule, or a new version of the one of its name. It is checked and its examples are tried;
        a rule that was in force stays so with what it says now.

        # Errors
        Invalid with everything that is wrong with it, and every example that did not come out.

        Parameters
        ----------
        rule
            The rule.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.save",
            {
                "rule": rule,
                "revision": revision,
            },
            (),
            "SavedRule",
            key,
        )

    def test(
        self,
        rule: types.RuleDraft | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> types.RuleTest:
        """Checks a rule and tries its examples without saving it.

        Parameters
        ----------
        rule
            The rule.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "rule.test",
            {
                "rule": rule,
            },
            (),
            "RuleTest",
            key,
        )


class RuleRunRoom(Room[records.RuleRun]):
    """Rule run (规则执行)."""

    _kind = "rule_run"


class SettingsRoom(Room[records.Settings]):
    """Settings (设置)."""

    _kind = "settings"

    def change(
        self,
        *,
        revision: int | None = None,
        zone: str | None = None,
        region: str | None = None,
        currency: str | None = None,
        rates: Sequence[Any] | None = None,
        fiscal_start: int | None = None,
        holidays: Sequence[dt.date] | None = None,
        extra_workdays: Sequence[dt.date] | None = None,
        same_customer_names: bool | None = None,
        duplicate_disclosure: types.Disclosure | str | None = None,
        retention_days: int | None = None,
        activity_half_life_days: int | None = None,
        activity_weights: Sequence[Any] | None = None,
        active_from: Decimal | None = None,
        silent_below: Decimal | None = None,
        offer_after_months: int | None = None,
        key: str | None = None,
    ) -> None:
        """Changes what is given of the tenant's settings.

        Parameters
        ----------
        revision
            The revision that the change is made against; any when none.
        zone
            The organisation's time zone, by its IANA name.
        region
            The region of phone numbers without a country code, as two capital letters.
        currency
            The currency of totals.
        rates
            All exchange rates.
        fiscal_start
            The month in which the fiscal year begins.
        holidays
            All days off beside the weekend.
        extra_workdays
            All weekend days on which people work.
        same_customer_names
            Whether two customers may share a name.
        duplicate_disclosure
            What a user learns of a duplicate that he may not see.
        retention_days
            For how many days the journal is kept before it may be trimmed; 0 is for ever.
        activity_half_life_days
            After how many days an activity counts half.
        activity_weights
            All weights of kinds of activity.
        active_from
            From which count of activities on a customer is active.
        silent_below
            Below which count a customer is silent.
        offer_after_months
            After how many months without a purchase a customer's owner is reminded to make an offer; 0 is never.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "settings.change",
            {
                "revision": revision,
                "zone": zone,
                "region": region,
                "currency": currency,
                "rates": rates,
                "fiscal_start": fiscal_start,
                "holidays": holidays,
                "extra_workdays": extra_workdays,
                "same_customer_names": same_customer_names,
                "duplicate_disclosure": duplicate_disclosure,
                "retention_days": retention_days,
                "activity_half_life_days": activity_half_life_days,
                "activity_weights": activity_weights,
                "active_from": active_from,
                "silent_below": silent_below,
                "offer_after_months": offer_after_months,
            },
            (),
            None,
            key,
        )


class ShareRoom(Room[records.Share]):
    """Sharing rule (共享规则)."""

    _kind = "share"

    def define(
        self,
        name: str,
        kind: str,
        *,
        share: str | records.Record | None = None,
        revision: int | None = None,
        filter: str | None = None,
        users: Sequence[str | records.Record] | None = None,
        teams: Sequence[str | records.Record] | None = None,
        departments: Sequence[str | records.Record] | None = None,
        actions: Sequence[types.Action | str] | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a sharing rule, or replaces one.

        Parameters
        ----------
        share
            The rule to replace; a new one when there is none.
        revision
            The revision that the change is made against; any when none.
        name
            The name.
        kind
            The kind of record.
        filter
            Which records, as the text of a filter; all when empty.
        users
            With which users.
        teams
            With which teams.
        departments
            With which departments and those below.
        actions
            What for; reading when empty.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "share.define",
            {
                "share": share,
                "revision": revision,
                "name": name,
                "kind": kind,
                "filter": filter,
                "users": users,
                "teams": teams,
                "departments": departments,
                "actions": actions,
            },
            (),
            None,
            key,
        )


class TargetRoom(Room[records.Target]):
    """Target (业绩目标)."""

    _kind = "target"


class TaskRoom(Room[records.Task]):
    """Task (任务)."""

    _kind = "task"

    def cancel(
        self,
        task: str | records.Record,
        *,
        reason: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Ends a task without doing it; it does not come again.

        Parameters
        ----------
        task
            The task.
        reason
            Why.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "task.cancel",
            {
                "task": task,
                "reason": reason,
                "revision": revision,
            },
            (),
            "Moved",
            key,
        )

    def check(
        self,
        task: str | records.Record,
        item: int,
        done: bool,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Ticks off a point of a task's checklist, or takes the tick away.

        Parameters
        ----------
        task
            The task.
        item
            The point's place, from 0.
        done
            Whether it is done.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "task.check",
            {
                "task": task,
                "item": item,
                "done": done,
                "revision": revision,
            },
            (),
            None,
            key,
        )

    def create(
        self,
        subject: str,
        *,
        owner: str | records.Record | None = None,
        collaborators: Sequence[str | records.Record] | None = None,
        due_at: dt.datetime | None = None,
        priority: types.Priority | str | None = None,
        reminder_at: dt.datetime | None = None,
        recurrence: Any = None,
        checklist: Sequence[str] | None = None,
        about: str | records.Record | None = None,
        text: str | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a task.

        Parameters
        ----------
        subject
            What is to be done.
        owner
            Who has to do it; the actor when there is none.
        collaborators
            Who helps.
        due_at
            By when.
        priority
            How much it matters.
        reminder_at
            When to remind.
        recurrence
            When it comes again.
        checklist
            The points to tick off.
        about
            The record that it is about.
        text
            More about it.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "task.create",
            {
                "subject": subject,
                "owner": owner,
                "collaborators": collaborators,
                "due_at": due_at,
                "priority": priority,
                "reminder_at": reminder_at,
                "recurrence": recurrence,
                "checklist": checklist,
                "about": about,
                "text": text,
            },
            (),
            None,
            key,
        )

    def done(
        self,
        task: str | records.Record,
        *,
        outcome: str | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Ends a task as done; the next one is created where it comes again.

        Parameters
        ----------
        task
            The task.
        outcome
            What came of it.
        revision
            The revision that the caller knows.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "task.done",
            {
                "task": task,
                "outcome": outcome,
                "revision": revision,
            },
            (),
            "Moved",
            key,
        )

    def move(
        self,
        task: str | records.Record,
        to: str,
        *,
        reason: str | None = None,
        revision: int | None = None,
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> types.Moved:
        """Moves a task along its lifecycle.

        Parameters
        ----------
        task
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
        return self._run(  # type: ignore[no-any-return]
            "task.move",
            {
                "task": task,
                "to": to,
                "reason": reason,
                "revision": revision,
                "fields": fields,
            },
            ('fields',),
            "Moved",
            key,
        )


class TeamRoom(Room[records.Team]):
    """Team (团队)."""

    _kind = "team"

    def create(
        self,
        name: str,
        *,
        members: Sequence[str | records.Record] | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a team.

        Parameters
        ----------
        name
            The name.
        members
            The members.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "team.create",
            {
                "name": name,
                "members": members,
            },
            (),
            None,
            key,
        )

    def update(
        self,
        team: str | records.Record,
        *,
        revision: int | None = None,
        name: str | None = None,
        members: Sequence[str | records.Record] | None = None,
        key: str | None = None,
    ) -> None:
        """Changes what is given of a team.

        Parameters
        ----------
        team
            The team.
        revision
            The revision that the change is made against; any when none.
        name
            The name.
        members
            All members.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "team.update",
            {
                "team": team,
                "revision": revision,
                "name": name,
                "members": members,
            },
            (),
            None,
            key,
        )


class UserRoom(Room[records.User]):
    """User (成员)."""

    _kind = "user"

    def create(
        self,
        login: str,
        name: str,
        *,
        department: str | records.Record | None = None,
        manager: str | records.Record | None = None,
        roles: Sequence[str | records.Record] | None = None,
        position: str | None = None,
        region: str | None = None,
        capacity: int | None = None,
        key: str | None = None,
    ) -> str:
        """Creates a user.

        ```
        use crm_core::domain::org::CreateUser;
        let command: CreateUser = serde_json::from_str(r#"{"login": "li.na", "name": "李娜"}"#).unwrap();
        assert!(command.roles.is_empty());
        ```

        Parameters
        ----------
        login
            What the host signs the user in by; no two users share it.
        name
            The name.
        department
            The department.
        manager
            The superior.
        roles
            The roles.
        position
            The position.
        region
            The region.
        capacity
            How many open leads the user takes at most.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.create",
            {
                "login": login,
                "name": name,
                "department": department,
                "manager": manager,
                "roles": roles,
                "position": position,
                "region": region,
                "capacity": capacity,
            },
            (),
            None,
            key,
        )

    def disable(
        self,
        user: str | records.Record,
        *,
        revision: int | None = None,
        reason: str | None = None,
        key: str | None = None,
    ) -> None:
        """Disables a user who has nothing open.

        # Errors
        Refused as `user.owns_open`, with how much of each kind, when he has: that is handed over.

        Parameters
        ----------
        user
            The user.
        revision
            The revision that the change is made against; any when none.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.disable",
            {
                "user": user,
                "revision": revision,
                "reason": reason,
            },
            (),
            None,
            key,
        )

    def enable(
        self,
        user: str | records.Record,
        *,
        revision: int | None = None,
        key: str | None = None,
    ) -> None:
        """Lets a disabled user work again. What was handed over stays where it is.

        Parameters
        ----------
        user
            The user.
        revision
            The revision that the change is made against; any when none.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.enable",
            {
                "user": user,
                "revision": revision,
            },
            (),
            None,
            key,
        )

    def hand_over(
        self,
        user: str | records.Record,
        *,
        revision: int | None = None,
        by_hand: Sequence[types.GivenByHand | Mapping[str, Any]] | None = None,
        rules: Sequence[types.HandOverRule | Mapping[str, Any]] | None = None,
        manager: str | records.Record | None = None,
        reason: str | None = None,
        key: str | None = None,
    ) -> types.HandedOver:
        """Hands everything open of a user over to successors and disables him: customers, contacts, open
        leads, opportunities, tasks and whatever else has an owner and an open state, and the users
        who report to him. It goes by hand first, then by the rules in their order.

        # Errors
        Refused as `hand_over.no_successor`, with how much of each kind, when something goes to nobody.

        Parameters
        ----------
        user
            Who leaves.
        revision
            The revision that the change is made against; any when none.
        by_hand
            Records that go to someone in particular.
        rules
            Where the others go.
        manager
            The new superior of those who report to him; his own when there is none.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.hand_over",
            {
                "user": user,
                "revision": revision,
                "by_hand": by_hand,
                "rules": rules,
                "manager": manager,
                "reason": reason,
            },
            (),
            "HandedOver",
            key,
        )

    def leave(
        self,
        user: str | records.Record,
        from_: dt.date,
        until: dt.date,
        *,
        reason: str | None = None,
        key: str | None = None,
    ) -> None:
        """Notes approved leave of a user: records are not reclaimed from him for days that he is away.

        Parameters
        ----------
        user
            The user.
        from_
            The first day.
        until
            The last day.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.leave",
            {
                "user": user,
                "from": from_,
                "until": until,
                "reason": reason,
            },
            (),
            None,
            key,
        )

    def signed_in(
        self,
        user: str | records.Record,
        *,
        from_: str | None = None,
        key: str | None = None,
    ) -> None:
        """Notes that a user signed in: the journal's entries of this command are the sign-in log.

        Parameters
        ----------
        user
            The user.
        from_
            From where and with what, as the host knows it; kept as the entry's reason.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.signed_in",
            {
                "user": user,
                "from": from_,
            },
            (),
            None,
            key,
        )

    def update(
        self,
        user: str | records.Record,
        *,
        revision: int | None = None,
        login: str | None = None,
        name: str | None = None,
        department: str | records.Record | None = None,
        manager: str | records.Record | None = None,
        roles: Sequence[str | records.Record] | None = None,
        position: str | None = None,
        region: str | None = None,
        capacity: int | None = None,
        key: str | None = None,
    ) -> None:
        """Changes what is given of a user; `record.update` also clears fields.

        Parameters
        ----------
        user
            The user.
        revision
            The revision that the change is made against; any when none.
        login
            The login.
        name
            The name.
        department
            The department.
        manager
            The superior.
        roles
            All roles.
        position
            The position.
        region
            The region.
        capacity
            How many open leads the user takes at most.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "user.update",
            {
                "user": user,
                "revision": revision,
                "login": login,
                "name": name,
                "department": department,
                "manager": manager,
                "roles": roles,
                "position": position,
                "region": region,
                "capacity": capacity,
            },
            (),
            None,
            key,
        )


class ValidationRoom(Room[records.Validation]):
    """Validation rule (校验规则)."""

    _kind = "validation"

    def define(
        self,
        name: str,
        kind: str,
        holds: str,
        *,
        validation: str | records.Record | None = None,
        revision: int | None = None,
        when: str | None = None,
        field: str | None = None,
        message: str | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a validation rule, or replaces one.

        It is asked whenever a record of the kind is written; records written before stay as they are.

        Parameters
        ----------
        validation
            The rule to replace; a new one when there is none.
        revision
            The revision that the change is made against; any when none.
        name
            The name, shown when it fails.
        kind
            The kind of record.
        when
            When it applies, as the text of a filter; always when empty.
        holds
            What must hold, as the text of a filter.
        field
            The field it is about, for the error.
        message
            What a person reads when it fails; the name when empty.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run(  # type: ignore[no-any-return]
            "validation.define",
            {
                "validation": validation,
                "revision": revision,
                "name": name,
                "kind": kind,
                "when": when,
                "holds": holds,
                "field": field,
                "message": message,
            },
            (),
            None,
            key,
        )


VALUES: dict[str, tuple[str, ...]] = {
    "customer.move": ('fields',),
    "lead.move": ('fields',),
    "opportunity.advance": ('fields',),
    "record.create": ('fields',),
    "record.move": ('fields',),
    "record.update": ('fields',),
    "task.move": ('fields',),
}


class Rooms:
    """All rooms, by name: what a session offers."""

    @property
    def activity(self) -> ActivityRoom:
        """Activity (互动记录)."""
        return ActivityRoom(self)

    @property
    def activity_type(self) -> ActivityTypeRoom:
        """Activity type (互动类型)."""
        return ActivityTypeRoom(self)

    @property
    def assignment(self) -> AssignmentRoom:
        """Assignment rule (分配规则)."""
        return AssignmentRoom(self)

    @property
    def behaviour(self) -> BehaviourRoom:
        """Behaviour (行为)."""
        return BehaviourRoom(self)

    @property
    def claim_tally(self) -> ClaimTallyRoom:
        """Claims of a day (领取计数)."""
        return ClaimTallyRoom(self)

    @property
    def contact(self) -> ContactRoom:
        """Contact (联系人)."""
        return ContactRoom(self)

    @property
    def contact_link(self) -> ContactLinkRoom:
        """Contact's post (任职关系)."""
        return ContactLinkRoom(self)

    @property
    def custom_field(self) -> CustomFieldRoom:
        """Custom field (自定义字段)."""
        return CustomFieldRoom(self)

    @property
    def customer(self) -> CustomerRoom:
        """Customer (客户)."""
        return CustomerRoom(self)

    @property
    def department(self) -> DepartmentRoom:
        """Department (部门)."""
        return DepartmentRoom(self)

    @property
    def field(self) -> FieldRoom:
        """commands on any field."""
        return FieldRoom(self)

    @property
    def forecast(self) -> ForecastRoom:
        """Forecast (销售预测)."""
        return ForecastRoom(self)

    @property
    def industry(self) -> IndustryRoom:
        """Industry (行业)."""
        return IndustryRoom(self)

    @property
    def lead(self) -> LeadRoom:
        """Lead (线索)."""
        return LeadRoom(self)

    @property
    def lead_channel(self) -> LeadChannelRoom:
        """Lead channel (获客渠道)."""
        return LeadChannelRoom(self)

    @property
    def lifecycle(self) -> LifecycleRoom:
        """Lifecycle (状态机)."""
        return LifecycleRoom(self)

    @property
    def model(self) -> ModelRoom:
        """Model (预测模型)."""
        return ModelRoom(self)

    @property
    def notification(self) -> NotificationRoom:
        """Notification (通知)."""
        return NotificationRoom(self)

    @property
    def numbering(self) -> NumberingRoom:
        """Numbering rule (编号规则)."""
        return NumberingRoom(self)

    @property
    def opportunity(self) -> OpportunityRoom:
        """Opportunity (商机)."""
        return OpportunityRoom(self)

    @property
    def pool(self) -> PoolRoom:
        """Public pool (公海)."""
        return PoolRoom(self)

    @property
    def price(self) -> PriceRoom:
        """Price (价格)."""
        return PriceRoom(self)

    @property
    def price_book(self) -> PriceBookRoom:
        """Price book (价格表)."""
        return PriceBookRoom(self)

    @property
    def product(self) -> ProductRoom:
        """Product (产品)."""
        return ProductRoom(self)

    @property
    def record(self) -> RecordRoom:
        """commands on any record."""
        return RecordRoom(self)

    @property
    def relation(self) -> RelationRoom:
        """Relation (关联关系)."""
        return RelationRoom(self)

    @property
    def role(self) -> RoleRoom:
        """Role (角色)."""
        return RoleRoom(self)

    @property
    def rule(self) -> RuleRoom:
        """Rule (规则)."""
        return RuleRoom(self)

    @property
    def rule_run(self) -> RuleRunRoom:
        """Rule run (规则执行)."""
        return RuleRunRoom(self)

    @property
    def settings(self) -> SettingsRoom:
        """Settings (设置)."""
        return SettingsRoom(self)

    @property
    def share(self) -> ShareRoom:
        """Sharing rule (共享规则)."""
        return ShareRoom(self)

    @property
    def target(self) -> TargetRoom:
        """Target (业绩目标)."""
        return TargetRoom(self)

    @property
    def task(self) -> TaskRoom:
        """Task (任务)."""
        return TaskRoom(self)

    @property
    def team(self) -> TeamRoom:
        """Team (团队)."""
        return TeamRoom(self)

    @property
    def user(self) -> UserRoom:
        """User (成员)."""
        return UserRoom(self)

    @property
    def validation(self) -> ValidationRoom:
        """Validation rule (校验规则)."""
        return ValidationRoom(self)
