"""Types of activity. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "Direction",
    "Participant",
    "Position",
]


class Direction(Choice):
    """Who began it."""

    IN = "in"
    """Inbound (呼入)."""
    OUT = "out"
    """Outbound (呼出)."""


@dataclass(frozen=True, kw_only=True)
class Participant(Data):
    """Someone who took part."""

    person: str | None = None
    """Person (人员)."""
    name: str
    """Name (姓名)."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Position(Data):
    """Where it happened: degrees of WGS 84, and how exact they are in metres."""

    latitude: Decimal
    """Latitude (纬度)."""
    longitude: Decimal
    """Longitude (经度)."""
    accuracy: Decimal | None = None
    """Accuracy in metres (精度（米）)."""

    _reads: ClassVar[dict[str, str]] = {'latitude': 'decimal', 'longitude': 'decimal', 'accuracy': '?decimal'}
