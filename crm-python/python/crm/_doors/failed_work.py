"""Commands and lists of failed_work. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Sequence

from .. import records
from .._door import Room

__all__ = [
    "FailedWorkRoom",
]


class FailedWorkRoom(Room[records.FailedWork]):
    """Failed work (失败工作)."""

    _kind = "failed_work"

    def drop(
        self,
        works: Sequence[str | records.Record],
        *,
        reason: str | None = None,
        key: str | None = None,
    ) -> None:
        """Drops failed work for good.

        Parameters
        ----------
        works
            The failed work.
        reason
            Why.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("failed_work.drop", locals())

    def retry(
        self,
        works: Sequence[str | records.Record],
        *,
        key: str | None = None,
    ) -> None:
        """Makes failed work due again at once, to be tried as often as new work is.

        Parameters
        ----------
        works
            The failed work.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("failed_work.retry", locals())
