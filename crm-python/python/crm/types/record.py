"""Types of record. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "Action",
    "Invalid",
    "Source",
    "StateClass",
]


class Action(Choice):
    """An action that a role grants on a kind of record."""

    READ = "read"
    """Read (查看)."""
    CREATE = "create"
    """Create (新建)."""
    UPDATE = "update"
    """Update (编辑)."""
    DELETE = "delete"
    """Delete (删除)."""
    ASSIGN = "assign"
    """Assign (分配)."""
    MOVE = "move"
    """Move (推进)."""
    CLAIM = "claim"
    """Claim (领取)."""
    RELEASE = "release"
    """Release (退回)."""
    CONVERT = "convert"
    """Convert (转化)."""
    IMPORT = "import"
    """Import (导入)."""
    EXPORT = "export"
    """Export (导出)."""
    AUDIT = "audit"
    """Audit (审计)."""


@dataclass(frozen=True, kw_only=True)
class Invalid(Data):
    """One value that can't be taken."""

    field: str
    """The field, or the part of the input."""
    code: str
    """A stable code, such as `value.required`."""
    message: str
    """What a person reads."""

    _reads: ClassVar[dict[str, str]] = {}


class Source(Choice):
    """Where a lead, customer or deal came from."""

    TRADE_FAIR = "trade_fair"
    """Trade fair (展会)."""
    CHANNEL_PARTNER = "channel_partner"
    """Channel partner (渠道伙伴)."""
    ADVERTISEMENT = "advertisement"
    """Advertisement (广告)."""
    WEBSITE = "website"
    """Website (官网)."""
    REFERRAL = "referral"
    """Referral (转介绍)."""
    TELEPHONE = "telephone"
    """Telephone (电话)."""
    ONLINE_LEAD = "online_lead"
    """Online lead (线上线索)."""


class StateClass(Choice):
    """What being in a state means for the record."""

    OPEN = "open"
    """Open (进行中)."""
    WON = "won"
    """Won (赢单)."""
    LOST = "lost"
    """Lost (输单)."""
    FINAL = "final"
    """Closed (已结束)."""
    PAUSED = "paused"
    """Paused (暂停)."""
