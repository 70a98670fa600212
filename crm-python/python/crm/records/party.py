"""Records of party. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .._record import Choice, ContactPoint, Record
from .._values import Money

__all__ = [
    "Contact",
    "ContactGender",
    "ContactLink",
    "ContactLinkRole",
    "Customer",
    "CustomerFlags",
    "CustomerForm",
    "CustomerIntent",
    "CustomerLevel",
    "CustomerLifeStage",
    "CustomerLiveliness",
    "CustomerNeed",
    "CustomerSource",
    "CustomerStrategicValue",
    "CustomerTradingRoles",
    "CustomerWillingness",
    "Industry",
    "Relation",
    "RelationRelation",
]


class CustomerForm(Choice):
    """Customer: Legal form (客户类型)."""

    COMPANY = "company"
    """Company (企业)."""
    PERSON = "person"
    """Person (个人)."""


class CustomerTradingRoles(Choice):
    """Customer: Trading roles (交易角色)."""

    BUYER = "buyer"
    """Buyer (采购方)."""
    DEALER = "dealer"
    """Dealer (经销商)."""
    AGENT = "agent"
    """Agent (代理商)."""
    SUPPLIER = "supplier"
    """Supplier (供应商)."""
    PARTNER = "partner"
    """Partner (合作伙伴)."""


class CustomerSource(Choice):
    """Customer: Source (来源)."""

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


class CustomerLevel(Choice):
    """Customer: Level (级别)."""

    A = "A"
    """A (A)."""
    B = "B"
    """B (B)."""
    C = "C"
    """C (C)."""
    D = "D"
    """D (D)."""


class CustomerFlags(Choice):
    """Customer: Flags (标记)."""

    MAJOR = "major"
    """Major account (大客户)."""
    KEY = "key"
    """Key account (重点客户)."""
    STRATEGIC = "strategic"
    """Strategic account (战略客户)."""


class CustomerNeed(Choice):
    """Customer: Need (需求阶段)."""

    CULTIVATING = "cultivating"
    """Cultivating (培育)."""
    EVALUATING = "evaluating"
    """Evaluating (评估)."""
    DECIDING = "deciding"
    """Deciding (决策)."""


class CustomerIntent(Choice):
    """Customer: Intent (意向)."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


class CustomerWillingness(Choice):
    """Customer: Willingness (合作意愿)."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


class CustomerStrategicValue(Choice):
    """Customer: Strategic value (战略价值)."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


class CustomerLifeStage(Choice):
    """Customer: Life stage (生命周期阶段)."""

    LEAD = "lead"
    """Lead (线索)."""
    OPPORTUNITY = "opportunity"
    """Opportunity (商机)."""
    CUSTOMER = "customer"
    """Customer (客户)."""
    DEAL_MADE = "deal_made"
    """Deal made (成交)."""
    REPURCHASE = "repurchase"
    """Repurchase (复购)."""
    REFERRAL = "referral"
    """Referral (转介绍)."""


class CustomerLiveliness(Choice):
    """Customer: Liveliness (活跃程度)."""

    ACTIVE = "active"
    """Active (活跃)."""
    QUIET = "quiet"
    """Quiet (平淡)."""
    SILENT = "silent"
    """Silent (沉寂)."""


class Customer(Record):
    """Customer (客户)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    code: str | None
    """Code (客户编号)."""
    name: str | None
    """Name (客户名称). Personal data."""
    form: CustomerForm | None
    """Legal form (客户类型)."""
    trading_roles: list[CustomerTradingRoles]
    """Trading roles (交易角色)."""
    credit_code: str | None
    """Credit code (统一社会信用代码)."""
    industry: str | None
    """Industry (行业)."""
    country: str | None
    """Country (国家)."""
    province: str | None
    """Province (省份)."""
    city: str | None
    """City (城市)."""
    district: str | None
    """District (区县)."""
    street: str | None
    """Address (地址)."""
    addresses: list[dict[str, Any]]
    """Addresses (地址簿)."""
    phones: list[ContactPoint]
    """Phone (电话). Personal data."""
    emails: list[ContactPoint]
    """E-mail (邮箱). Personal data."""
    wechat: str | None
    """WeChat (微信). Personal data."""
    website: str | None
    """Website (网站)."""
    employees: int | None
    """Employees (员工人数)."""
    annual_revenue: Money | None
    """Annual revenue (年营业额)."""
    registered_capital: Money | None
    """Registered capital (注册资本)."""
    founded_on: dt.date | None
    """Founded on (成立日期)."""
    source: CustomerSource | None
    """Source (来源)."""
    referrer: str | None
    """Referred by (介绍客户). The id of a customer."""
    referrer_name: str | None
    """Referrer (介绍人)."""
    level: CustomerLevel | None
    """Level (级别)."""
    level_by_hand: bool | None
    """Level by hand (手动定级)."""
    level_rule: str | None
    """Level rule (定级规则)."""
    graded_at: dt.datetime | None
    """Graded at (定级时间)."""
    flags: list[CustomerFlags]
    """Flags (标记)."""
    tags: list[str]
    """Tags (标签)."""
    parent: str | None
    """Parent (上级公司). The id of a customer."""
    filed_on: dt.date | None
    """Filed on (建档日期)."""
    notes: str | None
    """Notes (备注)."""
    need: CustomerNeed | None
    """Need (需求阶段)."""
    intent: CustomerIntent | None
    """Intent (意向)."""
    willingness: CustomerWillingness | None
    """Willingness (合作意愿)."""
    strategic_value: CustomerStrategicValue | None
    """Strategic value (战略价值)."""
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
    state: str | None
    """State (状态)."""
    state_since: dt.datetime | None
    """In state since (进入状态时间)."""
    spent: list[dict[str, Any]]
    """Time in states (状态用时)."""
    life_stage: CustomerLifeStage | None
    """Life stage (生命周期阶段)."""
    last_activity_at: dt.datetime | None
    """Last follow-up (最近跟进)."""
    follow_up_at: dt.datetime | None
    """Next follow-up (下次跟进)."""
    opportunities: int | None
    """Opportunities (商机数)."""
    last_opportunity_at: dt.datetime | None
    """Last opportunity (最近商机)."""
    deals: int | None
    """Deals (成交次数)."""
    first_deal_at: dt.datetime | None
    """First deal (首次成交)."""
    last_deal_at: dt.datetime | None
    """Last deal (最近成交)."""
    referrals: int | None
    """Referrals (转介绍数)."""
    activity_level: Decimal | None
    """Activity level (活跃度)."""
    activity_level_at: dt.datetime | None
    """Activity level at (活跃度时间)."""
    liveliness: CustomerLiveliness | None
    """Liveliness (活跃程度)."""
    silent_from: dt.datetime | None
    """Silent from (沉寂时间)."""
    offer_reminded_at: dt.datetime | None
    """Reminded to make an offer (复购提醒时间)."""

    KIND = "customer"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "code",
        "name",
        "form",
        "credit_code",
        "industry",
        "country",
        "province",
        "city",
        "district",
        "street",
        "wechat",
        "website",
        "employees",
        "annual_revenue",
        "registered_capital",
        "founded_on",
        "source",
        "referrer",
        "referrer_name",
        "level",
        "level_by_hand",
        "level_rule",
        "graded_at",
        "parent",
        "filed_on",
        "notes",
        "need",
        "intent",
        "willingness",
        "strategic_value",
        "owner",
        "pool",
        "pooled_at",
        "previous_owner",
        "claimed_at",
        "state",
        "state_since",
        "life_stage",
        "last_activity_at",
        "follow_up_at",
        "opportunities",
        "last_opportunity_at",
        "deals",
        "first_deal_at",
        "last_deal_at",
        "referrals",
        "activity_level",
        "activity_level_at",
        "liveliness",
        "silent_from",
        "offer_reminded_at",
    )
    _many = ('trading_roles', 'addresses', 'phones', 'emails', 'flags', 'tags', 'collaborators', 'spent')
    _choices = {"form": CustomerForm, "trading_roles": CustomerTradingRoles, "source": CustomerSource, "level": CustomerLevel, "flags": CustomerFlags, "need": CustomerNeed, "intent": CustomerIntent, "willingness": CustomerWillingness, "strategic_value": CustomerStrategicValue, "life_stage": CustomerLifeStage, "liveliness": CustomerLiveliness}
    _rows = {'addresses': ['label', 'country', 'province', 'city', 'district', 'detail', 'postcode', 'receiver', 'phone', 'default'], 'spent': ['state', 'time']}
    _points = ('phones', 'emails')


class ContactGender(Choice):
    """Contact: Gender (性别)."""

    MALE = "male"
    """Male (男)."""
    FEMALE = "female"
    """Female (女)."""


class Contact(Record):
    """Contact (联系人)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    code: str | None
    """Code (联系人编号)."""
    name: str | None
    """Name (姓名). Personal data."""
    gender: ContactGender | None
    """Gender (性别). Personal data."""
    birthday: dt.date | None
    """Birthday (生日). Personal data."""
    phones: list[ContactPoint]
    """Mobile (手机). Personal data."""
    landline: ContactPoint | None
    """Landline (座机). Personal data."""
    emails: list[ContactPoint]
    """E-mail (邮箱). Personal data."""
    wechat: str | None
    """WeChat (微信). Personal data."""
    tags: list[str]
    """Tags (标签)."""
    notes: str | None
    """Notes (备注)."""
    customers: list[str]
    """Customers (所属客户). The id of a customer."""

    KIND = "contact"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "code",
        "name",
        "gender",
        "birthday",
        "landline",
        "wechat",
        "notes",
    )
    _many = ('phones', 'emails', 'tags', 'customers')
    _choices = {"gender": ContactGender}
    _rows = {}
    _points = ('phones', 'landline', 'emails')


class ContactLinkRole(Choice):
    """Contact's post: Role (角色)."""

    DECISION_MAKER = "decision_maker"
    """Decision maker (决策人)."""
    INFLUENCER = "influencer"
    """Influencer (影响人)."""
    USER = "user"
    """User (使用人)."""
    FINANCE = "finance"
    """Finance (财务)."""
    TECHNICAL = "technical"
    """Technical (技术)."""
    OTHER = "other"
    """Other (其他)."""


class ContactLink(Record):
    """Contact's post (任职关系)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    contact: str | None
    """Contact (联系人). The id of a contact."""
    customer: str | None
    """Customer (客户). The id of a customer."""
    title: str | None
    """Title (职务)."""
    role: ContactLinkRole | None
    """Role (角色)."""
    primary: bool | None
    """Primary (首要联系人)."""
    since: dt.date | None
    """Since (起始日期)."""
    until: dt.date | None
    """Until (结束日期)."""

    KIND = "contact_link"
    _title = 'title'
    _plain = (
        "created_at",
        "created_by",
        "contact",
        "customer",
        "title",
        "role",
        "primary",
        "since",
        "until",
    )
    _many = ()
    _choices = {"role": ContactLinkRole}
    _rows = {}
    _points = ()


class RelationRelation(Choice):
    """Relation: Relation (关系)."""

    SUPPLIER = "supplier"
    """Supplier (供应商)."""
    DEALER = "dealer"
    """Dealer (经销商)."""
    AGENT = "agent"
    """Agent (代理商)."""
    PARTNER = "partner"
    """Partner (合作伙伴)."""
    REFERRER = "referrer"
    """Referrer (介绍人)."""
    PARENT = "parent"
    """Parent (母公司)."""
    SUBSIDIARY = "subsidiary"
    """Subsidiary (子公司)."""
    BRANCH = "branch"
    """Branch (分支机构)."""
    AFFILIATE = "affiliate"
    """Affiliate (关联企业)."""
    KNOWS = "knows"
    """Knows (认识)."""
    REPORTS_TO = "reports_to"
    """Reports to (汇报于)."""


class Relation(Record):
    """Relation (关联关系)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    from_: str | None
    """From (甲方)."""
    relation: RelationRelation | None
    """Relation (关系)."""
    to: str | None
    """To (乙方)."""
    since: dt.date | None
    """Since (起始日期)."""
    until: dt.date | None
    """Until (结束日期)."""
    notes: str | None
    """Notes (备注)."""

    KIND = "relation"
    _title = 'relation'
    _plain = (
        "created_at",
        "created_by",
        "from",
        "relation",
        "to",
        "since",
        "until",
        "notes",
    )
    _many = ()
    _choices = {"relation": RelationRelation}
    _rows = {}
    _points = ()


class Industry(Record):
    """Industry (行业)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    code: str | None
    """Code (代码)."""
    en: str | None
    """English label (英文名)."""
    zh: str | None
    """Chinese label (中文名)."""

    KIND = "industry"
    _title = 'zh'
    _plain = (
        "created_at",
        "created_by",
        "code",
        "en",
        "zh",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()
