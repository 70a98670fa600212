"""Commands and lists of target. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from .. import records
from .._door import Room

__all__ = [
    "TargetRoom",
]


class TargetRoom(Room[records.Target]):
    """Target (业绩目标)."""

    _kind = "target"
