"""Types of task. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from .._record import Choice

__all__ = [
    "Priority",
]


class Priority(Choice):
    """How much it matters."""

    LOW = "low"
    """Low (低)."""
    NORMAL = "normal"
    """Normal (中)."""
    HIGH = "high"
    """High (高)."""
    URGENT = "urgent"
    """Urgent (紧急)."""
