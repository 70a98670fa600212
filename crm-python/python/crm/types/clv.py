"""Types of clv. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .._record import Data
from .._rows import Rows
from .._values import Money

__all__ = [
    "CustomerValue",
    "Fit",
    "LifetimeView",
    "Spend",
    "SpendFit",
]


@dataclass(frozen=True, kw_only=True)
class CustomerValue(Data):
    """What a customer is worth."""

    customer: str
    """The customer."""
    name: str
    """What it is called."""
    purchases: int
    """Days with a purchase."""
    last_on: dt.date | None
    """The day of the last one."""
    spent: Money
    """What it has spent: its historical value."""
    alive: float
    """The probability that it is still a customer; 1 for all by NBD, which takes it that nobody leaves."""
    expected_purchases: float
    """The purchases expected of it, discounted as asked for."""
    value: Money | None
    """What they are worth now; none where spend can't be told."""

    _reads: ClassVar[dict[str, str]] = {'last_on': '?date', 'spent': 'money', 'value': '?money'}


@dataclass(frozen=True, kw_only=True)
class Fit(Data):
    """A model fitted to histories."""

    model: Any
    """The model with the most likely parameters."""
    log_likelihood: float
    """Its log-likelihood; models are compared by it on the same histories only."""
    customers: int
    """How many customers it was fitted to."""
    distinct: int
    """How many distinct histories they have."""
    gradient: float
    """The steepest slope left, per customer, in a parameter's logarithm."""
    steps: int
    """Newton steps to the top, on all histories."""
    covariance: Sequence[Sequence[float]] | None
    """Covariance of the parameters, in the order of `parameters`; none at an edge."""
    standard_errors: Sequence[float] | None
    """Standard errors of the parameters, likewise."""
    edge: Sequence[str]
    """Parameters that the data push on and on towards zero or infinity, for example because nobody seems to leave. The
    likelihood has levelled off, so predictions hold; the values themselves mean little."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class LifetimeView(Data):
    """The values of the customers that an actor sees."""

    as_of: dt.date
    """The day of reckoning."""
    customers: Rows[CustomerValue]
    """The customers with purchases, in the order of ids."""
    fit: Fit
    """The model of purchases, with its likelihood and standard errors; times in days."""
    spend: SpendFit | None
    """The model of spend in minor units, over all purchases with an amount; none where there can be none."""
    no_spend_because: str | None
    """Why there is none."""
    worth: Money | None
    """All values together."""

    _reads: ClassVar[dict[str, str]] = {'as_of': 'date', 'customers': '*CustomerValue', 'fit': 'Fit', 'spend': '?SpendFit', 'worth': '?money'}


@dataclass(frozen=True, kw_only=True)
class Spend(Data):
    """A model of spend: each purchase gamma(p, ν), with ν gamma(q, v) over customers."""

    p: float
    """Shape within a customer."""
    q: float
    """Shape between customers."""
    v: float
    """Scale, in money."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class SpendFit(Data):
    """A spend model fitted to customers."""

    model: Spend
    """The model with the most likely parameters."""
    log_likelihood: float
    """Its log-likelihood."""
    customers: int
    """Customers with repeat purchases; the others tell nothing."""
    correlation: float | None
    """Pearson's correlation between number of purchases and mean spend, which the model takes to be zero. None where one
    of the two never differs."""
    gradient: float
    """The steepest slope left, per customer, in a parameter's logarithm."""
    steps: int
    """Newton steps to the top."""
    covariance: Sequence[Sequence[float]] | None
    """Covariance of p, q, v; none at an edge."""
    standard_errors: Sequence[float] | None
    """Standard errors of p, q, v; none at an edge."""
    edge: Sequence[str]
    """Parameters that the data push on and on; see `edge`."""

    _reads: ClassVar[dict[str, str]] = {'model': 'Spend'}
