"""Commands and lists of org. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "CustomFieldRoom",
    "DepartmentRoom",
    "LifecycleRoom",
    "NumberingRoom",
    "RoleRoom",
    "SettingsRoom",
    "ShareRoom",
    "TeamRoom",
    "UserRoom",
    "ValidationRoom",
]


class CustomFieldRoom(Room[records.CustomField]):
    """Custom field (自定义字段)."""

    _kind = "custom_field"


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
        return self._run("department.create", locals())

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
        return self._run("department.update", locals())


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
        return self._run("lifecycle.define", locals(), "LifecycleDefined")

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
        return self._run("lifecycle.load", locals(), "*LifecycleDefined")


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
        return self._run("numbering.define", locals())


class RoleRoom(Room[records.Role]):
    """Role (角色)."""

    _kind = "role"

    def define(
        self,
        name: str,
        *,
        role: str | records.Record | None = None,
        revision: int | None = None,
        grants: Sequence[types.Grant | Mapping[str, Any]] | None = None,
        fields: Sequence[types.FieldRule | Mapping[str, Any]] | None = None,
        administrator: bool | None = None,
        key: str | None = None,
    ) -> str:
        """Defines a role, or replaces what one may do. For administrators.

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
        return self._run("role.define", locals())


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
        rates: Sequence[types.RateRow | Mapping[str, Any]] | None = None,
        fiscal_start: int | None = None,
        holidays: Sequence[dt.date] | None = None,
        extra_workdays: Sequence[dt.date] | None = None,
        same_customer_names: bool | None = None,
        duplicate_disclosure: types.Disclosure | str | None = None,
        retention_days: int | None = None,
        activity_half_life_days: int | None = None,
        activity_weights: Sequence[types.WeightRow | Mapping[str, Any]] | None = None,
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
        return self._run("settings.change", locals())


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
        return self._run("share.define", locals())


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
        return self._run("team.create", locals())

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
        return self._run("team.update", locals())


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
        return self._run("user.create", locals())

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
        return self._run("user.disable", locals())

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
        return self._run("user.enable", locals())

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
        return self._run("user.hand_over", locals(), "HandedOver")

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
        return self._run("user.leave", locals())

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
        return self._run("user.signed_in", locals())

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
        return self._run("user.update", locals())


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
        return self._run("validation.define", locals())
