"""Types of views. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from .._record import Data
from .._rows import Rows
from .._values import Money

__all__ = [
    "Board",
    "Card",
    "Column",
]


@dataclass(frozen=True, kw_only=True)
class Board(Data):
    """A pipeline's deals in columns by stage."""

    pipeline: str
    """The pipeline."""
    columns: Rows[Column]
    """One column a stage, in the pipeline's order."""

    _reads: ClassVar[dict[str, str]] = {'columns': '*Column'}


@dataclass(frozen=True, kw_only=True)
class Card(Data):
    """A deal as a card on the board."""

    id: str
    """The deal."""
    name: str
    """Its name."""
    customer: str | None
    """With whom."""
    owner: str | None
    """Who is in charge."""
    amount: Money | None
    """What it is worth."""
    close_on: dt.date | None
    """When it is expected to close."""
    since: dt.datetime | None
    """Since when it is in the stage."""
    rotting: bool
    """Whether it has stood still for longer than the stage allows."""

    _reads: ClassVar[dict[str, str]] = {'amount': '?money', 'close_on': '?date', 'since': '?instant'}


@dataclass(frozen=True, kw_only=True)
class Column(Data):
    """The deals in one stage."""

    stage: str
    """The stage's code."""
    en: str
    """Its English label."""
    zh: str
    """Its Chinese label."""
    count: int
    """How many deals stand here."""
    amount: Money
    """What they are worth, in the base currency; deals in a currency without a rate are left out
    and counted in `without_rate`."""
    weighted: Money
    """What they are worth times their probability."""
    without_rate: int
    """How many deals have an amount in a currency without a rate."""
    cards: Rows[Card]
    """The first cards, by expected close date."""

    _reads: ClassVar[dict[str, str]] = {'amount': 'money', 'weighted': 'money', 'cards': '*Card'}
