"""Commands and lists of opportunity. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "OpportunityRoom",
]


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
        return self._run("opportunity.advance", locals(), "Moved")

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
        return self._run("opportunity.lose", locals(), "Moved")

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
        return self._run("opportunity.reopen", locals(), "Moved")

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
        return self._run("opportunity.win", locals(), "Moved")
