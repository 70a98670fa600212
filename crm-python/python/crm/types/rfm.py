"""Types of rfm. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .._record import Data
from .._rows import Rows
from .._values import Money

__all__ = [
    "RfmCustomer",
    "RfmSegment",
    "RfmView",
    "Segment",
    "Thresholds",
]


@dataclass(frozen=True, kw_only=True)
class RfmCustomer(Data):
    """A customer's scores."""

    customer: str
    """The customer."""
    name: str
    """What it is called."""
    last_on: dt.date
    """The day of its last purchase."""
    days_since: int
    """Days since."""
    purchases: int
    """How many purchases it made."""
    money: Money
    """What it spent."""
    scores: Sequence[int]
    """The scores for recency, frequency and money."""
    score: float
    """Their weighted mean."""
    segment: int | None
    """The place of its segment in `segments`; none where none fits."""

    _reads: ClassVar[dict[str, str]] = {'last_on': 'date', 'money': 'money'}


@dataclass(frozen=True, kw_only=True)
class RfmSegment(Data):
    """A segment and who is in it."""

    segment: Segment
    """Its definition."""
    customers: int
    """How many customers are in it."""
    money: Money
    """What they spent."""

    _reads: ClassVar[dict[str, str]] = {'segment': 'Segment', 'money': 'money'}


@dataclass(frozen=True, kw_only=True)
class RfmView(Data):
    """RFM of the customers that an actor sees."""

    as_of: dt.date
    """The day as of which recency is reckoned."""
    customers: Rows[RfmCustomer]
    """The customers with purchases, in the order of ids."""
    thresholds: Thresholds
    """Where each score begins; money in minor units of the base currency. `Fixed` of them scores others
    alike."""
    segments: Rows[RfmSegment]
    """The segments in their order."""
    unnamed: int
    """How many customers are in no segment."""
    without_amount: int
    """How many purchases have no amount that the actor sees; they count as purchases of nothing."""
    without_rate: int
    """How many are in a currency without a rate; likewise."""

    _reads: ClassVar[dict[str, str]] = {'as_of': 'date', 'customers': '*RfmCustomer', 'thresholds': 'Thresholds', 'segments': '*RfmSegment'}


@dataclass(frozen=True, kw_only=True)
class Segment(Data):
    """One segment: the scores, both ends included, that belong to it."""

    code: str
    """The machine name."""
    en: str
    """The English name."""
    zh: str
    """The Chinese name."""
    recency: Mapping[str, int]
    """Scores of recency."""
    frequency: Mapping[str, int]
    """Scores of frequency."""
    money: Mapping[str, int]
    """Scores of money."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Thresholds(Data):
    """From which value on each score above 1 is given: the first of each scale is for a score of 2."""

    recency_within: Sequence[int]
    """At most so many days since the last purchase, descending."""
    frequency_from: Sequence[int]
    """At least so many purchases, ascending."""
    money_from: Sequence[int]
    """At least this sum in the smallest unit, ascending."""

    _reads: ClassVar[dict[str, str]] = {}
