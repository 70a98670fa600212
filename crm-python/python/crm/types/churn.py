"""Types of churn. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from .._record import Choice, Data
from .._rows import Rows
from .._values import Money

__all__ = [
    "AtRisk",
    "ChurnView",
    "Reason",
    "Rules",
]


@dataclass(frozen=True, kw_only=True)
class AtRisk(Data):
    """A customer at risk."""

    customer: str
    """The customer."""
    name: str
    """What it is called."""
    risk: float
    """The probability that it leaves or has left."""
    last_on: dt.date
    """The day of its last purchase."""
    days_since: int
    """Days since."""
    value: Money
    """What it spent in the days asked for."""
    at_stake: Money
    """Risk × value."""
    reasons: Sequence[tuple[Reason, float]]
    """What speaks for its leaving, the strongest first, in log odds."""

    _reads: ClassVar[dict[str, str]] = {'last_on': 'date', 'value': 'money', 'at_stake': 'money', 'reasons': '*(Reason|)'}


@dataclass(frozen=True, kw_only=True)
class ChurnView(Data):
    """The customers at risk that an actor sees."""

    as_of: dt.date
    """The day of reckoning."""
    customers: Rows[AtRisk]
    """Those at risk, the most at stake first."""
    judged: int
    """How many customers were judged."""
    expected_losses: float
    """How many of them are expected to leave."""
    expected_loss: Money
    """What is expected to be lost with them."""
    no_rhythm_because: str | None
    """Why purchases are no evidence: no model could be fitted to them, or only NBD, by which nobody ever leaves."""

    _reads: ClassVar[dict[str, str]] = {'as_of': 'date', 'customers': '*AtRisk', 'expected_loss': 'money'}


class Reason(Choice):
    """Why a customer is at risk."""

    SILENCE = "silence"
    """He has bought nothing for longer than his rhythm explains."""
    ACTIVITY_FELL = "activity_fell"
    """He is less active than before."""
    OPEN_TICKETS = "open_tickets"
    """He waits for tickets to be solved."""
    COMPLAINTS = "complaints"
    """He complained."""
    TRAINED = "trained"
    """The trained model knows more."""


@dataclass(frozen=True, kw_only=True)
class Rules(Data):
    """How evidence weighs, in log-odds: 0.7 doubles the odds. The defaults are a judgement to start from; a trained column
    overrules them."""

    base_risk: float
    """The risk of a customer of whom nothing is known."""
    decay: float
    """For activity fallen to 1/e of what it was."""
    windows: float
    """The recent window ÷ the window before."""
    ticket: float
    """For each open ticket, up to three."""
    complaint: float
    """For each complaint, up to three."""

    _reads: ClassVar[dict[str, str]] = {}
