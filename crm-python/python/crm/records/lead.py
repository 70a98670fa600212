"""Records of lead. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .._record import Choice, ContactPoint, Record
from .._values import Money

__all__ = [
    "Assignment",
    "AssignmentMethod",
    "AssignmentSources",
    "Lead",
    "LeadChannel",
    "LeadChannelMatchOn",
    "LeadChannelOnDuplicate",
    "LeadChannelSource",
    "LeadGrade",
    "LeadIntent",
    "LeadSource",
]


class LeadSource(Choice):
    """Lead: Source (来源)."""

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


class LeadIntent(Choice):
    """Lead: Intent (意向)."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


class LeadGrade(Choice):
    """Lead: Grade (等级)."""

    A = "A"
    """A (A)."""
    B = "B"
    """B (B)."""
    C = "C"
    """C (C)."""
    D = "D"
    """D (D)."""


class Lead(Record):
    """Lead (线索)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (姓名). Personal data."""
    company: str | None
    """Company (公司)."""
    title: str | None
    """Title (职务)."""
    company_size: int | None
    """Company size (公司规模)."""
    industry: str | None
    """Industry (行业)."""
    phones: list[ContactPoint]
    """Phone (手机). Personal data."""
    emails: list[ContactPoint]
    """E-mail (邮箱). Personal data."""
    wechat: str | None
    """WeChat (微信). Personal data."""
    people: list[dict[str, Any]]
    """People (其他联系人). Personal data."""
    source: LeadSource | None
    """Source (来源)."""
    channel: str | None
    """Channel (渠道)."""
    campaign: str | None
    """Campaign (营销活动)."""
    referrer: str | None
    """Referrer (介绍人)."""
    product_interest: list[str]
    """Product interest (产品意向)."""
    need: str | None
    """Need (需求)."""
    budget: Money | None
    """Budget (预算)."""
    decision_on: dt.date | None
    """Decision expected (预计决策日期)."""
    decision_maker: str | None
    """Decision maker (决策人). Personal data."""
    intent: LeadIntent | None
    """Intent (意向)."""
    country: str | None
    """Country (国家)."""
    province: str | None
    """Province (省份)."""
    city: str | None
    """City (城市)."""
    tags: list[str]
    """Tags (标签)."""
    notes: str | None
    """Notes (备注)."""
    code: str | None
    """Code (编号)."""
    received_at: dt.datetime | None
    """Received at (登记时间)."""
    score: int | None
    """Score (评分)."""
    score_reasons: list[str]
    """Score reasons (评分依据)."""
    scored_at: dt.datetime | None
    """Scored at (评分时间)."""
    grade: LeadGrade | None
    """Grade (等级)."""
    owner: str | None
    """Owner (负责人). The id of a user."""
    collaborators: list[str]
    """Collaborators (协作人). The id of a user."""
    pool: str | None
    """Public pool (公海). The id of a pool."""
    pooled_at: dt.datetime | None
    """In pool since (进入公海时间)."""
    previous_owner: str | None
    """Previous owner (前负责人). The id of a user."""
    claimed_at: dt.datetime | None
    """Claimed at (领取时间)."""
    assigned_at: dt.datetime | None
    """Assigned at (分配时间)."""
    assigned_by: str | None
    """Assigned by (分配规则)."""
    assigned_because: str | None
    """Assigned because (分配原因)."""
    reassigned: int | None
    """Times reassigned (重新分配次数)."""
    state: str | None
    """State (状态)."""
    state_since: dt.datetime | None
    """In state since (进入状态时间)."""
    spent: list[dict[str, Any]]
    """Time in states (状态用时)."""
    last_activity_at: dt.datetime | None
    """Last activity (最近互动)."""
    first_response_at: dt.datetime | None
    """First response (首次响应时间)."""
    invalid_reason: str | None
    """Invalid because of (无效原因)."""
    resume_on: dt.date | None
    """Resume on (恢复日期)."""
    converted_at: dt.datetime | None
    """Converted at (转化时间)."""
    converted_customer: str | None
    """Customer (转化客户). The id of a customer."""
    converted_contact: str | None
    """Contact (转化联系人). The id of a contact."""
    converted_opportunity: str | None
    """Opportunity (转化商机). The id of a opportunity."""
    conversion_created: list[str]
    """Created by conversion (转化新建记录)."""
    duplicate_of: str | None
    """Duplicate of (重复于)."""
    repeats: bool | None
    """Repeats a record (疑似重复)."""

    KIND = "lead"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "company",
        "title",
        "company_size",
        "industry",
        "wechat",
        "source",
        "channel",
        "campaign",
        "referrer",
        "need",
        "budget",
        "decision_on",
        "decision_maker",
        "intent",
        "country",
        "province",
        "city",
        "notes",
        "code",
        "received_at",
        "score",
        "scored_at",
        "grade",
        "owner",
        "pool",
        "pooled_at",
        "previous_owner",
        "claimed_at",
        "assigned_at",
        "assigned_by",
        "assigned_because",
        "reassigned",
        "state",
        "state_since",
        "last_activity_at",
        "first_response_at",
        "invalid_reason",
        "resume_on",
        "converted_at",
        "converted_customer",
        "converted_contact",
        "converted_opportunity",
        "duplicate_of",
        "repeats",
    )
    _many = ('phones', 'emails', 'people', 'product_interest', 'tags', 'score_reasons', 'collaborators', 'spent', 'conversion_created')
    _choices = {"source": LeadSource, "intent": LeadIntent, "grade": LeadGrade}
    _rows = {'people': ['name', 'title', 'phone', 'email', 'wechat'], 'spent': ['state', 'time']}
    _points = ('phones', 'emails')


class AssignmentMethod(Choice):
    """Assignment rule: Method (方式)."""

    ROUND_ROBIN = "round_robin"
    """Round robin (轮流)."""
    WEIGHTED = "weighted"
    """Weighted (按权重)."""
    CAPACITY = "capacity"
    """By capacity (按容量)."""


class AssignmentSources(Choice):
    """Assignment rule: Sources (来源)."""

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


class Assignment(Record):
    """Assignment rule (分配规则)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    place: int | None
    """Order (顺序)."""
    disabled: bool | None
    """Disabled (停用)."""
    method: AssignmentMethod | None
    """Method (方式)."""
    takers: list[dict[str, Any]]
    """Users (成员)."""
    team: str | None
    """Team (团队). The id of a team."""
    pool: str | None
    """Public pool (公海). The id of a pool."""
    sources: list[AssignmentSources]
    """Sources (来源)."""
    channels: list[str]
    """Channels (渠道)."""
    regions: list[str]
    """Regions (区域)."""
    industries: list[str]
    """Industries (行业)."""
    products: list[str]
    """Products (产品)."""
    score_from: int | None
    """Score from (最低评分)."""
    rule: str | None
    """Rule (规则). The id of a rule."""
    hours: str | None
    """Working hours (工作时间)."""
    reassign_hours: int | None
    """Reassign after hours (未跟进重新分配（小时）)."""

    KIND = "assignment"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "place",
        "disabled",
        "method",
        "team",
        "pool",
        "score_from",
        "rule",
        "hours",
        "reassign_hours",
    )
    _many = ('takers', 'sources', 'channels', 'regions', 'industries', 'products')
    _choices = {"method": AssignmentMethod, "sources": AssignmentSources}
    _rows = {'takers': ['user', 'weight', 'regions', 'industries', 'products']}
    _points = ()


class LeadChannelOnDuplicate(Choice):
    """Lead channel: Duplicates (重复处理)."""

    FLAG = "flag"
    """Flag (标记)."""
    REFUSE = "refuse"
    """Refuse (拒绝)."""
    MERGE = "merge"
    """Merge (合并)."""
    ATTACH = "attach"
    """Attach (记为互动)."""


class LeadChannelMatchOn(Choice):
    """Lead channel: Match on (查重字段)."""

    PHONE = "phone"
    """Phone (手机)."""
    EMAIL = "email"
    """E-mail (邮箱)."""
    NAME_COMPANY = "name_company"
    """Name and company (姓名和公司)."""
    COMPANY = "company"
    """Company (公司)."""


class LeadChannelSource(Choice):
    """Lead channel: Source (来源)."""

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


class LeadChannel(Record):
    """Lead channel (获客渠道)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    on_duplicate: LeadChannelOnDuplicate | None
    """Duplicates (重复处理)."""
    match_on: list[LeadChannelMatchOn]
    """Match on (查重字段)."""
    source: LeadChannelSource | None
    """Source (来源)."""
    campaign: str | None
    """Campaign (营销活动)."""
    unknown_senders: bool | None
    """Unknown senders become leads (陌生来信建线索)."""

    KIND = "lead_channel"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "on_duplicate",
        "source",
        "campaign",
        "unknown_senders",
    )
    _many = ('match_on',)
    _choices = {"on_duplicate": LeadChannelOnDuplicate, "match_on": LeadChannelMatchOn, "source": LeadChannelSource}
    _rows = {}
    _points = ()
