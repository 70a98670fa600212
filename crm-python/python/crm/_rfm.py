"""RFM: how recently, how often and for how much customers bought, as scores and named segments."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import index
from typing import Any, Generic, Literal, TypeVar

from . import _crm, _frames
from ._days import from_day, to_day
from ._html import table_html

__all__ = ["Rfm", "Segment", "Thresholds", "rfm", "rfm_of_parts"]

Frame = TypeVar("Frame")


@dataclass(frozen=True)
class Thresholds:
    """From which value on each score above 1 is given: the first of each list is for a score of 2.

    Kept from one day, they score another day by the same measure: `rfm(..., thresholds=kept)`.
    """

    recency: tuple[int, ...]
    """At most so many days since the last purchase, descending."""
    frequency: tuple[int, ...]
    """At least so many purchases, ascending."""
    monetary: tuple[Decimal, ...]
    """At least this sum in the main unit, ascending."""


@dataclass(frozen=True)
class Segment:
    """A named segment: the scores, both ends included, that belong to it. The first one that fits a customer is his."""

    name: str
    recency: tuple[int, int] = (1, 255)
    frequency: tuple[int, int] = (1, 255)
    monetary: tuple[int, int] = (1, 255)

    def _told(self) -> dict[str, Any]:
        ends = {
            name: {"start": low, "end": high}
            for name, (low, high) in {
                "recency": self.recency,
                "frequency": self.frequency,
                "money": self.monetary,
            }.items()
        }
        return {"code": self.name, "en": self.name, "zh": self.name, **ends}


@dataclass(frozen=True)
class Rfm(Generic[Frame]):
    """What RFM finds: a frame of customers, and the measures beside it."""

    customers: Frame
    """One row a customer, ascending by id, in the library of the frame that was given: the id, `last_purchase` (date),
    `recency` (days from it to `as_of`), `frequency` (purchases), `monetary` (their sum, in the main unit), `r_score`,
    `f_score`, `m_score` (1 to `bins`, higher is better) and `segment`."""
    as_of: dt.date
    """The day that recency counts to."""
    bins: int
    """The highest score."""
    thresholds: Thresholds
    """Where each score begins."""
    segments: list[dict[str, Any]] = field(repr=False)
    """Per segment: `segment`, `customers`, `monetary`, and `share` of all customers; the last row is of those in none."""
    histograms: tuple[list[int], list[int], list[int]] = field(repr=False)
    """How many customers have each score from 1 up, for R, F and M."""
    currency: str | None = None
    """The currency, if a column told it."""

    def _repr_html_(self) -> str:
        return table_html(self.segments, caption=f"RFM as of {self.as_of}")


def rfm(
    transactions: Frame,
    *,
    customer_id_col: str = "customer_id",
    datetime_col: str = "date",
    monetary_value_col: str | None = "amount",
    currency_col: str | None = None,
    as_of: dt.date | str | None = None,
    since: dt.date | str | None = None,
    bins: int = 5,
    method: Literal["ranks", "ntile"] = "ranks",
    thresholds: Thresholds | None = None,
    segments: Literal["international", "eight_cells"] | Sequence[Segment] | None = "international",
    language: Literal["en", "zh", "code"] = "en",
    time_zone: str | None = None,
    decimals: int = 2,
    returns: bool = False,
    max_threads: int | None = None,
) -> Rfm[Frame]:
    """Scores customers by how recently, how often and for how much they bought.

    Parameters
    ----------
    transactions
        One row a purchase, in any library that gives Arrow streams. Ids are whole numbers or texts; dates are dates,
        timestamps or ISO texts; amounts are floats, whole numbers or decimals of one currency, in its main unit.
    monetary_value_col
        The column of amounts; `None` leaves money out (all score alike).
    currency_col
        The column that says of which currency each amount is; mixed ones are refused.
    as_of
        The day to reckon from; later purchases are left out. By default the day after the last purchase.
    since
        The first day that counts.
    bins, method
        `ranks`: 1 + ⌊bins × share of customers who are strictly worse⌋, so that equal customers score alike. `ntile`:
        bins of equal size, as SQL's `NTILE` over (value, id).
    thresholds
        Fixed thresholds, in place of `bins` and `method`.
    segments
        The international set (bounds of the R package rfm 0.3.0, for 5 bins), the Chinese eight cells (high or low
        against the mean score), your own, or none.
    time_zone
        Whose days count, for timestamps with a zone; their own by default.
    decimals
        To how many decimals floats are rounded, so that sums are exact whatever the order; decimals keep their scale.
    returns
        Whether amounts below zero are taken; they count as purchases.

    Raises
    ------
    ColumnError
        A column is missing, of the wrong type, or has a null, NaN, negative or mixed-currency row.
    InvalidError
        `rfm.as_of`, `rfm.bins`, `rfm.segments`, `rfm.thresholds`, `rfm.amounts`.

    Examples
    --------
    >>> import crm
    >>> found = crm.rfm({"customer_id": [1, 1, 2], "date": ["2026-01-05", "2026-02-01", "2026-01-20"],
    ...                  "amount": [20.0, 35.5, 12.0]}, segments=None)
    >>> found.as_of
    datetime.date(2026, 2, 2)
    """
    asked = {
        "columns": columns(
            customer_id_col, datetime_col, monetary_value_col, currency_col, time_zone, decimals, returns
        ),
        "since": to_day(since),
        "until": None,
        "as_of": to_day(as_of),
        "rule": _rule(bins, method, thresholds),
        "segments": _naming(segments),
        "language": language,
        "threads": max_threads,
    }
    table, told = _crm.rfm(_frames.stream(transactions), json.dumps(asked))
    return _found(table, told, transactions)


def rfm_of_parts(
    parts: Frame,
    *,
    customer_id_col: str = "customer_id",
    as_of: dt.date | str | None = None,
    bins: int = 5,
    method: Literal["ranks", "ntile"] = "ranks",
    thresholds: Thresholds | None = None,
    segments: Literal["international", "eight_cells"] | Sequence[Segment] | None = "international",
    language: Literal["en", "zh", "code"] = "en",
    decimals: int = 2,
    max_threads: int | None = None,
) -> Rfm[Frame]:
    """Scores customers from parts of their purchases: the `customers` of several `rfm` calls, put below each other.

    The parts may be cut in any way, by machine, file or day; the answer is that of all purchases at once, to the bit. So the
    purchases of a cluster are gathered where they lie, and only one row a customer and part travels.
    """
    asked = {
        "columns": columns(customer_id_col, "last_purchase", "monetary", None, None, decimals, True),
        "since": None,
        "until": None,
        "as_of": to_day(as_of),
        "rule": _rule(bins, method, thresholds),
        "segments": _naming(segments),
        "language": language,
        "threads": max_threads,
    }
    table, told = _crm.rfm_of_parts(_frames.stream(parts), json.dumps(asked))
    return _found(table, told, parts)


def _found(table: _crm.Table, told: str, like: Frame) -> Rfm[Frame]:
    info = json.loads(told)
    unit = Decimal(1).scaleb(-info["decimals"])
    cuts = info["thresholds"]
    return Rfm(
        customers=_frames.like(table, like),
        as_of=from_day(info["as_of"]),
        bins=info["bins"],
        thresholds=Thresholds(
            tuple(cuts["recency_within"]),
            tuple(cuts["frequency_from"]),
            tuple(Decimal(minor) * unit for minor in cuts["money_from"]),
        ),
        segments=_sizes(info["segments"], unit),
        histograms=tuple(info["histograms"]),
        currency=info["currency"],
    )


def columns(
    customer: str,
    date: str,
    amount: str | None,
    currency: str | None,
    zone: str | None,
    decimals: int,
    returns: bool,
) -> dict[str, Any]:
    """The columns of purchases as the native half is told them."""
    if not 0 <= decimals <= 9:
        raise ValueError(f"`decimals` is {decimals}, not between 0 and 9")
    return {
        "customer": customer,
        "date": date,
        "amount": amount,
        "currency": currency,
        "zone": zone,
        "decimals": decimals,
        "returns": returns,
    }


def _rule(bins: int, method: str, thresholds: Thresholds | None) -> dict[str, Any]:
    if thresholds is not None:
        return {
            "thresholds": {
                "recency": list(thresholds.recency),
                "frequency": list(thresholds.frequency),
                "monetary": [format(Decimal(amount), "f") for amount in thresholds.monetary],
            }
        }
    if method not in ("ranks", "ntile"):
        raise ValueError(f"`method` is {method!r}, not 'ranks' or 'ntile'")
    return {method: index(bins)}


def _naming(segments: str | Sequence[Segment] | None) -> Any:
    if segments is None:
        return "none"
    if isinstance(segments, str):
        return segments
    return {"given": [segment._told() for segment in segments]}


def _sizes(told: Sequence[Mapping[str, Any]], unit: Decimal) -> list[dict[str, Any]]:
    customers = sum(row["customers"] for row in told) or 1
    return [
        {
            "segment": row["name"],
            "customers": row["customers"],
            "monetary": Decimal(row["minor"]) * unit,
            "share": row["customers"] / customers,
        }
        for row in told
    ]
