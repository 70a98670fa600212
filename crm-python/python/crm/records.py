"""Records as typed objects, one class a kind. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from ._record import Choice, ContactPoint, Record
from ._values import Money

__all__ = [
    "Activity",
    "ActivityDirection",
    "ActivityKind",
    "ActivityType",
    "Assignment",
    "AssignmentMethod",
    "AssignmentSources",
    "Behaviour",
    "Choice",
    "ClaimTally",
    "Contact",
    "ContactGender",
    "ContactLink",
    "ContactLinkRole",
    "ContactPoint",
    "CustomField",
    "CustomFieldTy",
    "Customer",
    "CustomerFlags",
    "CustomerForm",
    "CustomerLevel",
    "CustomerLifeStage",
    "CustomerLiveliness",
    "CustomerSource",
    "CustomerTradingRoles",
    "Department",
    "Forecast",
    "Industry",
    "KINDS",
    "Lead",
    "LeadChannel",
    "LeadChannelMatchOn",
    "LeadChannelOnDuplicate",
    "LeadChannelSource",
    "LeadGrade",
    "LeadIntent",
    "LeadSource",
    "Lifecycle",
    "Model",
    "ModelPurpose",
    "ModelVerdict",
    "Notification",
    "Numbering",
    "Opportunity",
    "OpportunityRecurringPeriod",
    "OpportunitySource",
    "Pool",
    "Price",
    "PriceBook",
    "Product",
    "ProductBilling",
    "ProductTy",
    "Record",
    "Relation",
    "RelationRelation",
    "Role",
    "Rule",
    "RuleLanguage",
    "RulePurpose",
    "RuleRun",
    "RuleRunOutcome",
    "RuleState",
    "Settings",
    "SettingsDuplicateDisclosure",
    "Share",
    "ShareActions",
    "Target",
    "TargetMetric",
    "Task",
    "TaskPriority",
    "Team",
    "User",
    "Validation",
]


class User(Record):
    """User (成员)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    login: str | None
    """Login (登录名)."""
    name: str | None
    """Name (姓名)."""
    department: str | None
    """Department (部门). The id of a department."""
    manager: str | None
    """Manager (上级). The id of a user."""
    roles: list[str]
    """Roles (角色). The id of a role."""
    disabled: bool | None
    """Disabled (停用)."""
    position: str | None
    """Position (职位)."""
    region: str | None
    """Region (区域)."""
    signed_in_at: dt.datetime | None
    """Last sign-in (最近登录)."""
    capacity: int | None
    """Lead capacity (线索上限)."""
    leave: list[dict[str, Any]]
    """Leave (休假)."""

    KIND = "user"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "login",
        "name",
        "department",
        "manager",
        "disabled",
        "position",
        "region",
        "signed_in_at",
        "capacity",
    )
    _many = ('roles', 'leave')
    _choices = {}
    _rows = {'leave': ['from', 'until']}
    _points = ()


class Department(Record):
    """Department (部门)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    parent: str | None
    """Parent (上级部门). The id of a department."""

    KIND = "department"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "parent",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class Role(Record):
    """Role (角色)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    grants: list[dict[str, Any]]
    """Grants (权限)."""
    fields: list[dict[str, Any]]
    """Field rules (字段权限)."""
    administrator: bool | None
    """Administrator (管理员)."""

    KIND = "role"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "administrator",
    )
    _many = ('grants', 'fields')
    _choices = {}
    _rows = {'grants': ['kind', 'actions', 'scope'], 'fields': ['kind', 'field', 'access']}
    _points = ()


class Team(Record):
    """Team (团队)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    members: list[str]
    """Members (成员). The id of a user."""

    KIND = "team"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
    )
    _many = ('members',)
    _choices = {}
    _rows = {}
    _points = ()


class ShareActions(Choice):
    """Sharing rule: Actions (操作)."""

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


class Share(Record):
    """Sharing rule (共享规则)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    kind: str | None
    """Kind (对象)."""
    filter: str | None
    """Filter (条件)."""
    users: list[str]
    """Users (成员). The id of a user."""
    teams: list[str]
    """Teams (团队). The id of a team."""
    departments: list[str]
    """Departments (部门). The id of a department."""
    actions: list[ShareActions]
    """Actions (操作)."""

    KIND = "share"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "kind",
        "filter",
    )
    _many = ('users', 'teams', 'departments', 'actions')
    _choices = {"actions": ShareActions}
    _rows = {}
    _points = ()


class CustomFieldTy(Choice):
    """Custom field: Type (类型)."""

    TEXT = "text"
    """Text (文本)."""
    NUMBER = "number"
    """Number (数字)."""
    MONEY = "money"
    """Money (金额)."""
    BOOL = "bool"
    """Yes/no (是否)."""
    DATE = "date"
    """Date (日期)."""
    DATE_TIME = "date_time"
    """Date and time (日期时间)."""
    CHOICE = "choice"
    """Single choice (单选)."""
    CHOICES = "choices"
    """Multiple choice (多选)."""
    REFERENCE = "reference"
    """Reference (引用)."""
    LIST = "list"
    """List (列表)."""
    TABLE = "table"
    """Sub-table (子表)."""


class CustomField(Record):
    """Custom field (自定义字段)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    kind: str | None
    """Kind (对象)."""
    number: int | None
    """Number (编号)."""
    name: str | None
    """Name (名称)."""
    en: str | None
    """English label (英文名)."""
    zh: str | None
    """Chinese label (中文名)."""
    ty: CustomFieldTy | None
    """Type (类型)."""
    choices: list[dict[str, Any]]
    """Choices (选项)."""
    columns: list[dict[str, Any]]
    """Columns (列)."""
    target: str | None
    """Target kind (引用对象)."""
    required: bool | None
    """Required (必填)."""
    unique: bool | None
    """Unique (唯一)."""
    personal: bool | None
    """Personal data (个人信息)."""
    default: str | None
    """Default (默认值)."""
    pattern: str | None
    """Pattern (格式)."""
    least: Decimal | None
    """Least (最小值)."""
    most: Decimal | None
    """Most (最大值)."""
    help: str | None
    """Help (说明)."""
    retired: bool | None
    """Retired (停用)."""

    KIND = "custom_field"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "kind",
        "number",
        "name",
        "en",
        "zh",
        "ty",
        "target",
        "required",
        "unique",
        "personal",
        "default",
        "pattern",
        "least",
        "most",
        "help",
        "retired",
    )
    _many = ('choices', 'columns')
    _choices = {"ty": CustomFieldTy}
    _rows = {'choices': ['code', 'en', 'zh'], 'columns': ['name', 'en', 'zh', 'ty']}
    _points = ()


class Lifecycle(Record):
    """Lifecycle (状态机)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    kind: str | None
    """Kind (对象)."""
    definition: str | None
    """Definition (定义)."""
    default: bool | None
    """Default (默认)."""

    KIND = "lifecycle"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "kind",
        "definition",
        "default",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class Numbering(Record):
    """Numbering rule (编号规则)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    kind: str | None
    """Kind (对象)."""
    template: str | None
    """Template (模板)."""

    KIND = "numbering"
    _title = 'template'
    _plain = (
        "created_at",
        "created_by",
        "kind",
        "template",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class SettingsDuplicateDisclosure(Choice):
    """Settings: Duplicate disclosure (查重提示)."""

    NOTHING = "nothing"
    """Nothing (不透露)."""
    EXISTS = "exists"
    """That there is one (仅提示存在)."""
    OWNER = "owner"
    """Its owner's name (提示负责人)."""


class Settings(Record):
    """Settings (设置)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    zone: str | None
    """Time zone (时区)."""
    region: str | None
    """Default region (默认地区)."""
    currency: str | None
    """Base currency (本位币)."""
    rates: list[dict[str, Any]]
    """Exchange rates (汇率)."""
    fiscal_start: int | None
    """Fiscal year starts in month (财年起始月)."""
    holidays: list[dt.date]
    """Holidays (节假日)."""
    extra_workdays: list[dt.date]
    """Extra working days (调休工作日)."""
    same_customer_names: bool | None
    """Customers may share a name (允许客户重名)."""
    duplicate_disclosure: SettingsDuplicateDisclosure | None
    """Duplicate disclosure (查重提示)."""
    retention_days: int | None
    """Retention in days (保留天数)."""
    activity_half_life_days: int | None
    """Activity half-life in days (活跃度半衰期（天）)."""
    activity_weights: list[dict[str, Any]]
    """Activity weights (互动权重)."""
    active_from: Decimal | None
    """Active from (活跃下限)."""
    silent_below: Decimal | None
    """Silent below (沉寂上限)."""
    offer_after_months: int | None
    """Offer after months without purchase (未成交提醒（月）)."""

    KIND = "settings"
    _title = 'zone'
    _plain = (
        "created_at",
        "created_by",
        "zone",
        "region",
        "currency",
        "fiscal_start",
        "same_customer_names",
        "duplicate_disclosure",
        "retention_days",
        "activity_half_life_days",
        "active_from",
        "silent_below",
        "offer_after_months",
    )
    _many = ('rates', 'holidays', 'extra_workdays', 'activity_weights')
    _choices = {"duplicate_disclosure": SettingsDuplicateDisclosure}
    _rows = {'rates': ['currency', 'from', 'rate'], 'activity_weights': ['kind', 'weight']}
    _points = ()


class Validation(Record):
    """Validation rule (校验规则)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    kind: str | None
    """Kind (对象)."""
    when: str | None
    """When (适用条件)."""
    holds: str | None
    """Holds (校验条件)."""
    field: str | None
    """Field (字段)."""
    message: str | None
    """Message (提示)."""

    KIND = "validation"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "kind",
        "when",
        "holds",
        "field",
        "message",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class RulePurpose(Choice):
    """Rule: Purpose (用途)."""

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


class RuleLanguage(Choice):
    """Rule: Language (语言)."""

    CRITERIA = "criteria"
    """Criteria (条件)."""
    RHAI = "rhai"
    """Rhai (Rhai)."""


class RuleState(Choice):
    """Rule: State (状态)."""

    DRAFT = "draft"
    """Draft (草稿)."""
    ACTIVE = "active"
    """Active (启用)."""
    FAILED = "failed"
    """Failed (已停用（出错）)."""


class Rule(Record):
    """Rule (规则)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    purpose: RulePurpose | None
    """Purpose (用途)."""
    kind: str | None
    """Kind (对象)."""
    language: RuleLanguage | None
    """Language (语言)."""
    criterion: str | None
    """Criterion (条件)."""
    source: str | None
    """Source (脚本)."""
    lines: list[dict[str, Any]]
    """Lines (规则)."""
    caps: list[dict[str, Any]]
    """Caps (分组上限)."""
    threshold: int | None
    """Threshold (资质认定阈值)."""
    bands: list[dict[str, Any]]
    """Bands (等级划分)."""
    place: int | None
    """Order (顺序)."""
    message: str | None
    """Message (提示)."""
    triggers: list[dict[str, Any]]
    """Triggers (触发)."""
    calls: list[dict[str, Any]]
    """Actions (动作)."""
    runs_as: str | None
    """Looks with the role (以角色查看). The id of a role."""
    examples: list[dict[str, Any]]
    """Examples (示例)."""
    most_failures: int | None
    """Failures allowed (允许失败次数)."""
    notes: str | None
    """Notes (备注)."""
    state: RuleState | None
    """State (状态)."""
    version: int | None
    """Version (版本)."""
    failures: int | None
    """Failures (连续失败)."""
    failure: str | None
    """Last failure (最近错误)."""
    reads: list[str]
    """Reads (读取字段)."""
    lowered: str | None
    """As a criterion (等价条件)."""

    KIND = "rule"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "purpose",
        "kind",
        "language",
        "criterion",
        "source",
        "threshold",
        "place",
        "message",
        "runs_as",
        "most_failures",
        "notes",
        "state",
        "version",
        "failures",
        "failure",
        "lowered",
    )
    _many = ('lines', 'caps', 'bands', 'triggers', 'calls', 'examples', 'reads')
    _choices = {"purpose": RulePurpose, "language": RuleLanguage, "state": RuleState}
    _rows = {'lines': ['criterion', 'points', 'group', 'half_life_days', 'result', 'label'], 'caps': ['group', 'most', 'least'], 'bands': ['grade', 'from'], 'triggers': ['on', 'field', 'to', 'score'], 'calls': ['command', 'fields'], 'examples': ['facts', 'expected']}
    _points = ()


class Behaviour(Record):
    """Behaviour (行为)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    names: list[str]
    """Other names (别名)."""
    activities: list[str]
    """Activities (互动类型)."""
    subject: str | None
    """Subject contains (主题包含)."""
    within_days: int | None
    """Within days (最近天数)."""

    KIND = "behaviour"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "subject",
        "within_days",
    )
    _many = ('names', 'activities')
    _choices = {}
    _rows = {}
    _points = ()


class RuleRunOutcome(Choice):
    """Rule run: Outcome (结果)."""

    DONE = "done"
    """Done (完成)."""
    FAILED = "failed"
    """Failed (失败)."""
    CUT = "cut"
    """Cut (循环中断)."""


class RuleRun(Record):
    """Rule run (规则执行)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    rule: str | None
    """Rule (规则). The id of a rule."""
    version: int | None
    """Version (版本)."""
    about: str | None
    """About (关联对象)."""
    outcome: RuleRunOutcome | None
    """Outcome (结果)."""
    because: str | None
    """Because (原因)."""
    did: list[str]
    """Did (执行)."""
    chain: list[str]
    """Chain (触发链)."""
    at: dt.datetime | None
    """At (时间)."""

    KIND = "rule_run"
    _title = 'because'
    _plain = (
        "created_at",
        "created_by",
        "rule",
        "version",
        "about",
        "outcome",
        "because",
        "at",
    )
    _many = ('did', 'chain')
    _choices = {"outcome": RuleRunOutcome}
    _rows = {}
    _points = ()


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
    _choices = {"form": CustomerForm, "trading_roles": CustomerTradingRoles, "source": CustomerSource, "level": CustomerLevel, "flags": CustomerFlags, "life_stage": CustomerLifeStage, "liveliness": CustomerLiveliness}
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


class Pool(Record):
    """Public pool (公海)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    kind: str | None
    """Kind (对象)."""
    departments: list[str]
    """Departments (部门). The id of a department."""
    users: list[str]
    """Users (成员). The id of a user."""
    region: str | None
    """Region (区域)."""
    follow_up_days: int | None
    """Days without follow-up (未跟进天数)."""
    opportunity_days: int | None
    """Days without opportunity (无商机天数)."""
    deal_days: int | None
    """Days without deal (未成交天数)."""
    working_days: bool | None
    """Working days (按工作日)."""
    warn_days: int | None
    """Warn days ahead (提前提醒天数)."""
    exempt_levels: list[str]
    """Exempt levels (豁免级别)."""
    exempt_states: list[str]
    """Exempt states (豁免状态)."""
    exempt_flags: list[str]
    """Exempt flags (豁免标记)."""
    exempt_rule: str | None
    """Exempt rule (豁免规则). The id of a rule."""
    reclaim_rule: str | None
    """Reclaim rule (回收规则). The id of a rule."""
    owned_limit: int | None
    """Records owned at most (保有上限)."""
    claims_a_day: int | None
    """Claims a day (每日领取上限)."""
    cooldown_days: int | None
    """Last owner's wait in days (前负责人冷却天数)."""

    KIND = "pool"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "kind",
        "region",
        "follow_up_days",
        "opportunity_days",
        "deal_days",
        "working_days",
        "warn_days",
        "exempt_rule",
        "reclaim_rule",
        "owned_limit",
        "claims_a_day",
        "cooldown_days",
    )
    _many = ('departments', 'users', 'exempt_levels', 'exempt_states', 'exempt_flags')
    _choices = {}
    _rows = {}
    _points = ()


class ClaimTally(Record):
    """Claims of a day (领取计数)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    pool: str | None
    """Public pool (公海). The id of a pool."""
    user: str | None
    """User (成员). The id of a user."""
    day: dt.date | None
    """Day (日期)."""
    claims: int | None
    """Claims (领取数)."""

    KIND = "claim_tally"
    _title = 'day'
    _plain = (
        "created_at",
        "created_by",
        "pool",
        "user",
        "day",
        "claims",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


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


class ProductTy(Choice):
    """Product: Type (类型)."""

    GOODS = "goods"
    """Goods (实物)."""
    SERVICE = "service"
    """Service (服务)."""
    SUBSCRIPTION = "subscription"
    """Subscription (订阅)."""
    BUNDLE = "bundle"
    """Bundle (套餐)."""


class ProductBilling(Choice):
    """Product: Billing (计费方式)."""

    ONCE = "once"
    """One-off (一次性)."""
    YEARLY = "yearly"
    """Yearly (按年)."""
    MONTHLY = "monthly"
    """Monthly (按月)."""
    PER_USE = "per_use"
    """Per use (按量)."""


class Product(Record):
    """Product (产品)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    code: str | None
    """Code (产品编码)."""
    name: str | None
    """Name (产品名称)."""
    ty: ProductTy | None
    """Type (类型)."""
    category: str | None
    """Category (类别)."""
    unit: str | None
    """Unit (单位)."""
    billing: ProductBilling | None
    """Billing (计费方式)."""
    price: Money | None
    """Standard price (标准价)."""
    tax_percent: Decimal | None
    """Tax % (税率%)."""
    on_sale: bool | None
    """On sale (在售)."""
    description: str | None
    """Description (说明)."""
    version: str | None
    """Version (版本)."""
    parent: str | None
    """Variant of (主产品). The id of a product."""
    options: list[dict[str, Any]]
    """Options (规格)."""
    tax_included: bool | None
    """Tax included (含税)."""
    tags: list[str]
    """Tags (标签)."""

    KIND = "product"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "code",
        "name",
        "ty",
        "category",
        "unit",
        "billing",
        "price",
        "tax_percent",
        "on_sale",
        "description",
        "version",
        "parent",
        "tax_included",
    )
    _many = ('options', 'tags')
    _choices = {"ty": ProductTy, "billing": ProductBilling}
    _rows = {'options': ['name', 'value']}
    _points = ()


class PriceBook(Record):
    """Price book (价格表)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    currency: str | None
    """Currency (币种)."""
    customer_level: str | None
    """Customer level (客户级别)."""
    region: str | None
    """Region (区域)."""
    channel: str | None
    """Channel (渠道)."""
    from_: dt.date | None
    """From (生效日期)."""
    until: dt.date | None
    """Until (失效日期)."""
    disabled: bool | None
    """Disabled (停用)."""
    rank: int | None
    """Rank (优先级)."""

    KIND = "price_book"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "currency",
        "customer_level",
        "region",
        "channel",
        "from",
        "until",
        "disabled",
        "rank",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class Price(Record):
    """Price (价格)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    book: str | None
    """Price book (价格表). The id of a price_book."""
    product: str | None
    """Product (产品). The id of a product."""
    price: Money | None
    """Price (价格)."""
    from_quantity: Decimal | None
    """From quantity (起订量)."""
    from_: dt.date | None
    """From (生效日期)."""
    until: dt.date | None
    """Until (失效日期)."""

    KIND = "price"
    _title = 'price'
    _plain = (
        "created_at",
        "created_by",
        "book",
        "product",
        "price",
        "from_quantity",
        "from",
        "until",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class ActivityKind(Choice):
    """Activity: Kind (类型)."""

    CALL = "call"
    """Call (电话)."""
    VISIT = "visit"
    """Visit (拜访)."""
    MEETING = "meeting"
    """Meeting (会议)."""
    EMAIL = "email"
    """E-mail (邮件)."""
    EMAIL_OPENED = "email_opened"
    """E-mail opened (打开邮件)."""
    EMAIL_CLICKED = "email_clicked"
    """E-mail clicked (点击邮件)."""
    WECHAT = "wechat"
    """WeChat (微信)."""
    SMS = "sms"
    """SMS (短信)."""
    CHAT = "chat"
    """Chat (在线咨询)."""
    LETTER = "letter"
    """Letter (信函)."""
    FAX = "fax"
    """Fax (传真)."""
    NOTE = "note"
    """Note (备注)."""
    FORM = "form"
    """Form (表单)."""
    WEB_VISIT = "web_visit"
    """Web visit (网页访问)."""
    DOWNLOAD = "download"
    """Download (下载)."""
    MENTION = "mention"
    """Social mention (社交提及)."""


class ActivityDirection(Choice):
    """Activity: Direction (方向)."""

    IN = "in"
    """Inbound (呼入)."""
    OUT = "out"
    """Outbound (呼出)."""


class Activity(Record):
    """Activity (互动记录)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    kind: ActivityKind | None
    """Kind (类型)."""
    direction: ActivityDirection | None
    """Direction (方向)."""
    at: dt.datetime | None
    """At (时间)."""
    minutes: int | None
    """Minutes (时长（分钟）)."""
    about: str | None
    """About (关联对象)."""
    by: str | None
    """By (跟进人). The id of a user."""
    contact: str | None
    """Contact (联系人). The id of a contact."""
    participants: list[dict[str, Any]]
    """Participants (参与人)."""
    subject: str | None
    """Subject (主题)."""
    text: str | None
    """Text (内容)."""
    outcome: str | None
    """Outcome (结果)."""
    position: dict[str, Any] | None
    """Position (位置)."""
    next_follow_up: dt.datetime | None
    """Next follow-up (下次跟进时间)."""

    KIND = "activity"
    _title = 'subject'
    _plain = (
        "created_at",
        "created_by",
        "kind",
        "direction",
        "at",
        "minutes",
        "about",
        "by",
        "contact",
        "subject",
        "text",
        "outcome",
        "position",
        "next_follow_up",
    )
    _many = ('participants',)
    _choices = {"kind": ActivityKind, "direction": ActivityDirection}
    _rows = {'participants': ['person', 'name'], 'position': ['latitude', 'longitude', 'accuracy']}
    _points = ()


class TaskPriority(Choice):
    """Task: Priority (优先级)."""

    LOW = "low"
    """Low (低)."""
    NORMAL = "normal"
    """Normal (中)."""
    HIGH = "high"
    """High (高)."""
    URGENT = "urgent"
    """Urgent (紧急)."""


class Task(Record):
    """Task (任务)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    subject: str | None
    """Subject (主题)."""
    owner: str | None
    """Assignee (负责人). The id of a user."""
    collaborators: list[str]
    """Collaborators (协作人). The id of a user."""
    due_at: dt.datetime | None
    """Due (截止时间)."""
    priority: TaskPriority | None
    """Priority (优先级)."""
    state: str | None
    """State (状态)."""
    state_since: dt.datetime | None
    """In state since (进入状态时间)."""
    spent: list[dict[str, Any]]
    """Time in states (状态用时)."""
    reminder_at: dt.datetime | None
    """Reminder (提醒时间)."""
    recurrence: dict[str, Any] | None
    """Recurrence (重复)."""
    checklist: list[dict[str, Any]]
    """Checklist (检查清单)."""
    about: str | None
    """About (关联对象)."""
    stage: str | None
    """Stage (所属阶段)."""
    gate: bool | None
    """Gate (阶段门禁)."""
    text: str | None
    """Text (说明)."""
    done_at: dt.datetime | None
    """Done at (完成时间)."""
    done_by: str | None
    """Done by (完成人). The id of a user."""
    repeats: str | None
    """Repeats (重复自). The id of a task."""
    reminded_at: dt.datetime | None
    """Reminded at (已提醒时间)."""

    KIND = "task"
    _title = 'subject'
    _plain = (
        "created_at",
        "created_by",
        "subject",
        "owner",
        "due_at",
        "priority",
        "state",
        "state_since",
        "reminder_at",
        "recurrence",
        "about",
        "stage",
        "gate",
        "text",
        "done_at",
        "done_by",
        "repeats",
        "reminded_at",
    )
    _many = ('collaborators', 'spent', 'checklist')
    _choices = {"priority": TaskPriority}
    _rows = {'spent': ['state', 'time'], 'recurrence': ['unit', 'every', 'until', 'day'], 'checklist': ['text', 'done']}
    _points = ()


class Notification(Record):
    """Notification (通知)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    user: str | None
    """User (成员). The id of a user."""
    subject: str | None
    """Subject (主题). Personal data."""
    body: str | None
    """Text (内容). Personal data."""
    about: str | None
    """About (关联对象)."""
    read_at: dt.datetime | None
    """Read at (已读时间)."""
    topic: str | None
    """Topic (类型)."""

    KIND = "notification"
    _title = 'subject'
    _plain = (
        "created_at",
        "created_by",
        "user",
        "subject",
        "body",
        "about",
        "read_at",
        "topic",
    )
    _many = ()
    _choices = {}
    _rows = {}
    _points = ()


class ActivityType(Record):
    """Activity type (互动类型)."""

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

    KIND = "activity_type"
    _title = 'code'
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


class ModelPurpose(Choice):
    """Model: Purpose (用途)."""

    LEAD_SCORE = "lead_score"
    """Lead score (线索评分)."""
    WIN_PROBABILITY = "win_probability"
    """Win probability (赢单概率)."""
    CHURN = "churn"
    """Churn (流失)."""


class ModelVerdict(Choice):
    """Model: Verdict (结论)."""

    SKILL = "skill"
    """Skill (有效)."""
    NO_SKILL = "no_skill"
    """No skill (无效)."""


class Model(Record):
    """Model (预测模型)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    purpose: ModelPurpose | None
    """Purpose (用途)."""
    about: str | None
    """About (对象)."""
    version: int | None
    """Version (版本)."""
    trained_at: dt.datetime | None
    """Trained as of (训练截至)."""
    rows: int | None
    """Records learnt from (训练样本数)."""
    good: int | None
    """Ended well (正样本数)."""
    features: list[str]
    """Features (特征)."""
    auc: Decimal | None
    """AUC (AUC)."""
    log_loss: Decimal | None
    """Log loss (对数损失)."""
    base_log_loss: Decimal | None
    """Log loss of the base rate (基准对数损失)."""
    brier: Decimal | None
    """Brier score (Brier分数)."""
    ece: Decimal | None
    """Calibration error (校准误差)."""
    verdict: ModelVerdict | None
    """Verdict (结论)."""
    body: str | None
    """Model (模型内容)."""

    KIND = "model"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "purpose",
        "about",
        "version",
        "trained_at",
        "rows",
        "good",
        "auc",
        "log_loss",
        "base_log_loss",
        "brier",
        "ece",
        "verdict",
        "body",
    )
    _many = ('features',)
    _choices = {"purpose": ModelPurpose, "verdict": ModelVerdict}
    _rows = {}
    _points = ()


class TargetMetric(Choice):
    """Target: Metric (指标)."""

    AMOUNT_WON = "amount_won"
    """Amount won (赢单金额)."""
    DEALS_WON = "deals_won"
    """Deals won (赢单数)."""
    OPPORTUNITIES_OPENED = "opportunities_opened"
    """Opportunities opened (新增商机数)."""
    NEW_CUSTOMERS = "new_customers"
    """New customers (新增客户数)."""
    FIRST_PURCHASES = "first_purchases"
    """First purchases (首次成交客户数)."""
    LEADS_CONVERTED = "leads_converted"
    """Leads converted (线索转化数)."""
    ACTIVITIES = "activities"
    """Activities (互动次数)."""
    ACTIVITIES_PER_DAY = "activities_per_day"
    """Activities per working day (日均互动次数)."""


class Target(Record):
    """Target (业绩目标)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    metric: TargetMetric | None
    """Metric (指标)."""
    from_: dt.date | None
    """From (起始日)."""
    until: dt.date | None
    """Until (截止日)."""
    owner: str | None
    """Owner (负责人). The id of a user."""
    user: str | None
    """User (成员). The id of a user."""
    team: str | None
    """Team (团队). The id of a team."""
    department: str | None
    """Department (部门). The id of a department."""
    region: str | None
    """Region (区域)."""
    product: str | None
    """Product (产品). The id of a product."""
    amount: Money | None
    """Amount (目标金额)."""
    number: Decimal | None
    """Number (目标数量)."""

    KIND = "target"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "metric",
        "from",
        "until",
        "owner",
        "user",
        "team",
        "department",
        "region",
        "product",
        "amount",
        "number",
    )
    _many = ()
    _choices = {"metric": TargetMetric}
    _rows = {}
    _points = ()


class Forecast(Record):
    """Forecast (销售预测)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    version: int | None
    """Version (版本)."""
    owner: str | None
    """Kept by (保存人). The id of a user."""
    made_at: dt.datetime | None
    """Made as of (预测时点)."""
    as_of: dt.date | None
    """As of (预测日)."""
    from_: dt.date | None
    """From (起始日)."""
    until: dt.date | None
    """Until (截止日)."""
    asked: str | None
    """Asked (预测参数)."""
    deals: int | None
    """Deals (商机数)."""
    closed: Money | None
    """Closed (已成交)."""
    pipeline: Money | None
    """Pipeline (管道)."""
    best_case: Money | None
    """Best case (最佳)."""
    commit: Money | None
    """Commit (承诺)."""
    weighted: Money | None
    """By stage (阶段加权)."""
    expected: Money | None
    """By history (历史预期)."""
    low: Money | None
    """Low (下限)."""
    high: Money | None
    """High (上限)."""
    level: Decimal | None
    """Level (置信度)."""
    target: Money | None
    """Target (目标)."""
    reaches_target: Decimal | None
    """Reaches the target (达标概率)."""
    open_deals: list[str]
    """Open deals (在途商机)."""
    owners: list[dict[str, Any]]
    """By owner (按负责人)."""

    KIND = "forecast"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "version",
        "owner",
        "made_at",
        "as_of",
        "from",
        "until",
        "asked",
        "deals",
        "closed",
        "pipeline",
        "best_case",
        "commit",
        "weighted",
        "expected",
        "low",
        "high",
        "level",
        "target",
        "reaches_target",
    )
    _many = ('open_deals', 'owners')
    _choices = {}
    _rows = {'owners': ['owner', 'deals', 'closed', 'pipeline', 'best_case', 'commit', 'weighted', 'expected', 'target']}
    _points = ()


KINDS: dict[str, type[Record]] = {
    "user": User,
    "department": Department,
    "role": Role,
    "team": Team,
    "share": Share,
    "custom_field": CustomField,
    "lifecycle": Lifecycle,
    "numbering": Numbering,
    "settings": Settings,
    "validation": Validation,
    "rule": Rule,
    "behaviour": Behaviour,
    "rule_run": RuleRun,
    "customer": Customer,
    "contact": Contact,
    "contact_link": ContactLink,
    "relation": Relation,
    "industry": Industry,
    "pool": Pool,
    "claim_tally": ClaimTally,
    "lead": Lead,
    "assignment": Assignment,
    "lead_channel": LeadChannel,
    "opportunity": Opportunity,
    "product": Product,
    "price_book": PriceBook,
    "price": Price,
    "activity": Activity,
    "task": Task,
    "notification": Notification,
    "activity_type": ActivityType,
    "model": Model,
    "target": Target,
    "forecast": Forecast,
}
