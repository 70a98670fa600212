"""Records of opportunity. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .._record import Choice, Record
from .._values import Money

__all__ = [
    "Opportunity",
    "OpportunityRecurringPeriod",
    "OpportunitySource",
]


class OpportunityRecurringPeriod(Choice):
    """Opportunity: Recurring period (经常性周期)."""

    MONTH = "month"
    """Month (月)."""
    QUARTER = "quarter"
    """Quarter (季度)."""
    YEAR = "year"
    """Year (年)."""


class OpportunitySource(Choice):
    """Opportunity: Source (来源)."""

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


class Opportunity(Record):
    """Opportunity (商机)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (商机名称)."""
    code: str | None
    """Code (商机编号)."""
    customer: str | None
    """Customer (客户). The id of a customer."""
    lifecycle: str | None
    """Pipeline (销售管道)."""
    state: str | None
    """Stage (阶段)."""
    state_since: dt.datetime | None
    """In stage since (进入阶段时间)."""
    spent: list[dict[str, Any]]
    """Time in stages (阶段用时)."""
    owner: str | None
    """Owner (负责人). The id of a user."""
    team: list[dict[str, Any]]
    """Team (团队)."""
    amount: Money | None
    """Amount (金额)."""
    lines: list[dict[str, Any]]
    """Lines (产品明细)."""
    recurring_amount: Money | None
    """Recurring amount (经常性金额)."""
    recurring_period: OpportunityRecurringPeriod | None
    """Recurring period (经常性周期)."""
    probability_by_hand: Decimal | None
    """Probability by hand (人工概率)."""
    probability_model: Decimal | None
    """Probability by model (模型概率)."""
    probability_stage: Decimal | None
    """Probability by stage (阶段概率)."""
    close_on: dt.date | None
    """Expected close (预计成交日期)."""
    source: OpportunitySource | None
    """Source (来源)."""
    campaign: str | None
    """Campaign (营销活动)."""
    need: str | None
    """Need (需求)."""
    contacts: list[dict[str, Any]]
    """Contacts (决策链)."""
    competitors: list[dict[str, Any]]
    """Competitors (竞争对手)."""
    next_step: str | None
    """Next step (下一步)."""
    next_step_on: dt.date | None
    """Next step on (下一步日期)."""
    tags: list[str]
    """Tags (标签)."""
    nature: str | None
    """Nature (定性)."""
    grade: str | None
    """Grade (定级)."""
    lead: str | None
    """Lead (来源线索). The id of a lead."""
    last_activity_at: dt.datetime | None
    """Last activity (最近互动)."""
    closed_at: dt.datetime | None
    """Closed at (关闭时间)."""
    won_at: dt.datetime | None
    """Won at (赢单时间)."""
    lost_reason: str | None
    """Lost because of (输单原因)."""
    lost_to: str | None
    """Lost to (输给)."""
    won_reason: str | None
    """Won because of (赢单原因)."""

    KIND = "opportunity"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "code",
        "customer",
        "lifecycle",
        "state",
        "state_since",
        "owner",
        "amount",
        "recurring_amount",
        "recurring_period",
        "probability_by_hand",
        "probability_model",
        "probability_stage",
        "close_on",
        "source",
        "campaign",
        "need",
        "next_step",
        "next_step_on",
        "nature",
        "grade",
        "lead",
        "last_activity_at",
        "closed_at",
        "won_at",
        "lost_reason",
        "lost_to",
        "won_reason",
    )
    _many = ('spent', 'team', 'lines', 'contacts', 'competitors', 'tags')
    _choices = {"recurring_period": OpportunityRecurringPeriod, "source": OpportunitySource}
    _rows = {'spent': ['state', 'time'], 'team': ['user', 'share'], 'lines': ['product', 'name', 'quantity', 'unit_price', 'discount_percent', 'revenue', 'amount'], 'contacts': ['contact', 'role', 'note'], 'competitors': ['name', 'strengths', 'weaknesses', 'price']}
    _points = ()
