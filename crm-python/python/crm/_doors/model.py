"""Commands and lists of model. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "ModelRoom",
]


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
        return self._run("model.predict", locals())

    def save(
        self,
        name: str,
        purpose: types.ModelPurpose | str,
        about: str,
        trained_at: dt.datetime,
        model: types.TrainedModel | Mapping[str, Any],
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
        return self._run("model.save", locals())
