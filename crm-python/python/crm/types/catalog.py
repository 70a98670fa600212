"""Types of catalog. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from .._record import Data
from .._values import Money

__all__ = [
    "PriceAnswer",
    "PriceRequest",
]


@dataclass(frozen=True, kw_only=True)
class PriceAnswer(Data):
    """A price with its reasons."""

    price: Money
    """The price of one unit."""
    origin: Any
    """Where it comes from.
    - `{"entry": {"price": …, "book": …, "book_name": …}}`: An entry of a price book.
    - `{"standard": {"product": …}}`: The standard price of a product: the one asked for, or the one that it is a variant of."""
    why: Sequence[str]
    """Why it holds, in words."""

    _reads: ClassVar[dict[str, str]] = {'price': 'money'}


@dataclass(frozen=True, kw_only=True)
class PriceRequest(Data):
    """For whom, where, how many and when a price is asked."""

    customer_level: str = ""
    """The customer's level."""
    region: str = ""
    """The customer's region, from the top down, between `/`."""
    channel: str = ""
    """The sales channel."""
    quantity: Decimal | None = None
    """How many."""
    on: dt.date | None = None
    """On which day; today when there is none."""
    currency: str | None = None
    """In which currency; any when there is none."""

    _reads: ClassVar[dict[str, str]] = {'quantity': 'decimal', 'on': '?date'}
