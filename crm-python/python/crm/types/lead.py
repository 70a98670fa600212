"""Types of lead. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .._record import Choice, Data
from .._values import Money

__all__ = [
    "Intent",
    "LeadDraft",
    "MatchKey",
    "OnDuplicate",
    "PersonDraft",
]


class Intent(Choice):
    """How much the lead wants to buy."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


@dataclass(frozen=True, kw_only=True)
class LeadDraft(Data):
    """A lead as it comes in. Texts are trimmed, telephone numbers and e-mail addresses put into normal form."""

    name: str = ""
    """The person."""
    company: str = ""
    """The company."""
    title: str = ""
    """The person's position there."""
    company_size: int | None = None
    """How many people work there."""
    industry: str = ""
    """What it does."""
    phones: Sequence[str] = field(default_factory=list)
    """Telephone numbers."""
    emails: Sequence[str] = field(default_factory=list)
    """E-mail addresses."""
    wechat: str = ""
    """WeChat."""
    people: Sequence[PersonDraft] = field(default_factory=list)
    """Further people."""
    source: str = ""
    """Where the lead came from, by code or label; the channel's source when empty."""
    campaign: str = ""
    """The campaign that brought it; the channel's when empty."""
    referrer: str = ""
    """Who referred it."""
    product_interest: Sequence[str] = field(default_factory=list)
    """The products it asks about."""
    need: str = ""
    """What it needs."""
    budget: Money | None = None
    """What it may cost."""
    decision_on: dt.date | None = None
    """When they mean to decide."""
    decision_maker: str = ""
    """Who decides."""
    intent: Intent | None = None
    """How much they want to buy."""
    country: str = ""
    """The country."""
    province: str = ""
    """The province or state."""
    city: str = ""
    """The city."""
    tags: Sequence[str] = field(default_factory=list)
    """Tags."""
    notes: str = ""
    """Whatever else is known."""
    code: str = ""
    """The human code; given out by the numbering rule when empty."""
    received_at: dt.datetime | None = None
    """When it came in, where that was before now."""
    owner: str | None = None
    """Who follows it; the assignment rules say when none."""
    custom: Mapping[str, Any] = field(default_factory=dict)
    """Custom fields by name or label."""

    _reads: ClassVar[dict[str, str]] = {'people': '*PersonDraft', 'budget': '?money', 'decision_on': '?date', 'intent': '?Intent', 'received_at': '?instant', 'custom': '%value'}


class MatchKey(Choice):
    """What two records have in common that makes one the other's duplicate."""

    PHONE = "phone"
    """Phone (手机)."""
    EMAIL = "email"
    """E-mail (邮箱)."""
    NAME_COMPANY = "name_company"
    """Name and company (姓名和公司)."""
    COMPANY = "company"
    """Company (公司)."""


class OnDuplicate(Choice):
    """What to do with a captured lead that repeats a record."""

    FLAG = "flag"
    """Flag (标记)."""
    REFUSE = "refuse"
    """Refuse (拒绝)."""
    MERGE = "merge"
    """Merge (合并)."""
    ATTACH = "attach"
    """Attach (记为互动)."""


@dataclass(frozen=True, kw_only=True)
class PersonDraft(Data):
    """A further person as he comes in."""

    name: str = ""
    """The name."""
    title: str = ""
    """The position."""
    phone: str = ""
    """A telephone number."""
    email: str = ""
    """An e-mail address."""
    wechat: str = ""
    """WeChat."""

    _reads: ClassVar[dict[str, str]] = {}
