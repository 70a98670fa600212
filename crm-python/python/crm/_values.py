"""Values of fields between Python and the engine's data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["Money"]

_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Money:
    """An amount of a currency, exact: `Money("1200.50", "CNY")`."""

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        object.__setattr__(self, "amount", Decimal(amount))
        object.__setattr__(self, "currency", currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are of different currencies")
        return other.amount


def instant(at: dt.datetime) -> str:
    """An instant as the engine writes it. A datetime without a zone is refused: it is no instant."""
    if at.utcoffset() is None:
        raise ValueError(f"`{at}` has no time zone: say which, for example `tzinfo=datetime.timezone.utc`")
    return at.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_instant(text: str) -> dt.datetime:
    """An instant that the engine wrote, in UTC."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.timezone.utc)


def encode(value: Any, tagged: bool = False) -> Any:
    """A Python value as the engine's data; `tagged` where any type of value may stand."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        # The one text that would be taken for nothing.
        return {"text": value} if tagged and value == "null" else value
    if isinstance(value, Money):
        money = {"currency": value.currency, "amount": format(value.amount, "f")}
        return {"money": money} if tagged else money
    if isinstance(value, Decimal):
        number = format(value, "f")
        return {"decimal": number} if tagged else number
    if isinstance(value, dt.datetime):
        return {"instant": instant(value)} if tagged else instant(value)
    if isinstance(value, dt.date):
        return {"date": value.isoformat()} if tagged else value.isoformat()
    if isinstance(value, dt.timedelta):
        micros = value // _MICROSECOND
        return {"duration": micros} if tagged else micros
    if isinstance(value, dict):
        return {encode(key): encode(item, tagged) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item, tagged) for item in value]
    data = getattr(value, "__crm__", None)
    if data is not None:
        return encode(data(), tagged)
    raise TypeError(f"`{value!r}` of type `{type(value).__name__}` is not a value of a field")


def spoken(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a method was given, from its `locals()`: by the engine's names, without what wasn't said."""
    return {name.rstrip("_"): value for name, value in said.items() if value is not None and name != "self"}


_DECODE: dict[str, Any] = {
    "bool": bool,
    "int": int,
    "decimal": Decimal,
    "text": str,
    "date": dt.date.fromisoformat,
    "instant": to_instant,
    "duration": lambda micros: dt.timedelta(microseconds=micros),
    "money": lambda money: Money(money["amount"], money["currency"]),
    "id": str,
    "list": lambda items: [decode(item) for item in items],
}


def decode(value: Any) -> Any:
    """A value that the engine tells with its type, such as `{"date": "2026-03-01"}`."""
    if isinstance(value, dict) and len(value) == 1:
        ((tag, inner),) = value.items()
        read = _DECODE.get(tag)
        if read is not None:
            return read(inner)
    return None if value == "null" else value
