"""Types of record. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .._record import Choice, Data

__all__ = [
    "Action",
    "FieldAccess",
    "Invalid",
    "Language",
    "Mark",
    "MoveDirection",
    "RulePurpose",
    "Scope",
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


class FieldAccess(Choice):
    """What a role may do with a field."""

    HIDDEN = "hidden"
    """Hidden (隐藏)."""
    MASKED = "masked"
    """Masked (脱敏)."""
    READ_ONLY = "read_only"
    """Read-only (只读)."""


@dataclass(frozen=True, kw_only=True)
class Invalid(Data):
    """One value that can't be taken."""

    field: str
    """The field, or the part of the input."""
    code: str
    """A stable code, such as `value.required`."""
    message: str
    """What a person reads."""
    zh: str = ""
    """The same in Chinese, where it is about what the author of a rule wrote; else empty."""
    mark: Mark | None = None
    """The place in the text that was given, where there is one."""
    suggestion: str | None = None
    """What was probably meant, to be put in place of what is marked."""

    _reads: ClassVar[dict[str, str]] = {'mark': '?Mark'}


class Language(Choice):
    """What a rule is written in."""

    CRITERIA = "criteria"
    """Criteria (条件)."""
    RHAI = "rhai"
    """Rhai (Rhai)."""


@dataclass(frozen=True, kw_only=True)
class Mark(Data):
    """A marked place in a text, as its author finds it.

    The line is given in three parts, so that it can be shown with its mark without the text at hand."""

    source: str
    """The rule or file that the text is of."""
    line: int
    """The line, from 1."""
    column: int
    """The column, in characters from 1."""
    start: int
    """Where it starts in the text, in bytes."""
    end: int
    """Where it ends in the text, in bytes."""
    before: str
    """The line up to the mark; of a long one the end of that."""
    marked: str
    """What is marked, as far as it stands in the line; nothing at the end of the text."""
    after: str
    """The line after the mark; of a long one the beginning of that."""

    _reads: ClassVar[dict[str, str]] = {}


class MoveDirection(Choice):
    """Which way a move goes; it follows from the classes and the order of the two states."""

    FORWARD = "forward"
    """forward (推进)."""
    SKIP = "skip"
    """skip (跳过)."""
    BACK = "back"
    """back (退回)."""
    CLOSE = "close"
    """close (结束)."""
    REOPEN = "reopen"
    """reopen (重新打开)."""
    PAUSE = "pause"
    """pause (暂停)."""
    RESUME = "resume"
    """resume (恢复)."""


class RulePurpose(Choice):
    """What a rule is for."""

    SCORE = "score"
    """Scoring (评分)."""
    LEVEL = "level"
    """Level (定级)."""
    ASSIGNMENT = "assignment"
    """Assignment (分配)."""
    GUARD = "guard"
    """Guard (守卫)."""
    AUTOMATION = "automation"
    """Automation (自动化)."""
    POOL = "pool"
    """Public pool (公海)."""
    SEGMENT = "segment"
    """Segment (客户细分)."""


class Scope(Choice):
    """Which records of a kind a role reaches."""

    OWN = "own"
    """Own (本人)."""
    SUBORDINATES = "subordinates"
    """Own and subordinates' (本人及下属)."""
    DEPARTMENT = "department"
    """Department (本部门)."""
    DEPARTMENT_BELOW = "department_below"
    """Department and below (本部门及下级)."""
    ALL = "all"
    """All (全部)."""


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
