"""Commands and lists of pool. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Sequence

from .. import records
from .._door import Room

__all__ = [
    "ClaimTallyRoom",
    "PoolRoom",
]


class ClaimTallyRoom(Room[records.ClaimTally]):
    """Claims of a day (领取计数)."""

    _kind = "claim_tally"


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
        return self._run("pool.assign", locals())

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
        return self._run("pool.claim", locals())

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
        return self._run("pool.define", locals())

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
        return self._run("pool.release", locals())
