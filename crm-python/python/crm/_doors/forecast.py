"""Commands and lists of forecast. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from typing import Any

from .. import records
from .._door import Room

__all__ = [
    "ForecastRoom",
]


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
        return self._run("forecast.keep", locals())
