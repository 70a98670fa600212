"""What commands take and answer, as typed values. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ._record import Choice, Data
from ._values import Money

__all__ = [
    "Action",
    "CaptureOutcome",
    "Captured",
    "ContactRole",
    "Converted",
    "CustomType",
    "Disclosure",
    "Duplicate",
    "Flag",
    "FollowUp",
    "Gender",
    "Given",
    "GivenByHand",
    "HandOverRule",
    "HandedOver",
    "Hidden",
    "Intent",
    "Invalid",
    "LeadDraft",
    "LegalForm",
    "Level",
    "LifecycleDefined",
    "Logged",
    "MatchKey",
    "Moved",
    "OnDuplicate",
    "PersonDraft",
    "Post",
    "PriceAnswer",
    "PriceOrigin",
    "PriceRequest",
    "Priority",
    "RelationType",
    "RuleDraft",
    "RuleTest",
    "SavedRule",
    "Source",
    "StateClass",
    "TradingRole",
    "Tried",
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


class CaptureOutcome(Choice):
    """What became of a captured lead."""

    TAKEN = "taken"
    """Taken (已新建)."""
    MERGED = "merged"
    """Merged (已合并)."""
    NOTED = "noted"
    """Noted on the customer (已记为互动)."""
    RECEIVED = "received"
    """Received (已收到)."""


@dataclass(frozen=True, kw_only=True)
class Captured(Data):
    """What was done with a captured lead, and why."""

    outcome: CaptureOutcome
    """What became of it."""
    lead: str | None = None
    """The lead that it is or was merged into, if the actor may know."""
    activity: str | None = None
    """The activity that notes it on a customer, if the actor may know."""
    duplicates: Sequence[Duplicate]
    """The records that it repeats and the actor sees, surest first."""
    hidden: Hidden | None = None
    """What the actor learns of those that he does not see."""
    score: int | None = None
    """The score, when a rule scored it."""
    given: Given | None = None
    """Where it went; none when it has no owner and no rule has anybody."""
    why: Sequence[str]
    """The steps, in words."""

    _reads: ClassVar[dict[str, str]] = {'outcome': 'CaptureOutcome', 'duplicates': '*Duplicate', 'hidden': '?Hidden', 'given': '?Given'}


class ContactRole(Choice):
    """The part that a contact plays in what its customer buys."""

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


@dataclass(frozen=True, kw_only=True)
class Converted(Data):
    """What a lead became or joined."""

    customer: str | None = None
    """The customer."""
    contact: str | None = None
    """The contact."""
    opportunity: str | None = None
    """The opportunity."""
    created: Sequence[str]
    """Everything that was created for it."""

    _reads: ClassVar[dict[str, str]] = {}


class CustomType(Choice):
    """The type of a custom field."""

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


class Disclosure(Choice):
    """What a user learns of a duplicate that he may not see."""

    NOTHING = "nothing"
    """Nothing (不透露)."""
    EXISTS = "exists"
    """That there is one (仅提示存在)."""
    OWNER = "owner"
    """Its owner's name (提示负责人)."""


@dataclass(frozen=True, kw_only=True)
class Duplicate(Data):
    """A record that a lead repeats."""

    record: str
    """The record."""
    keys: Sequence[MatchKey]
    """What they have in common."""

    _reads: ClassVar[dict[str, str]] = {'keys': '*MatchKey'}


class Flag(Choice):
    """What sets a customer apart."""

    MAJOR = "major"
    """Major account (大客户)."""
    KEY = "key"
    """Key account (重点客户)."""
    STRATEGIC = "strategic"
    """Strategic account (战略客户)."""


@dataclass(frozen=True, kw_only=True)
class FollowUp(Data):
    """What to do next, given with an activity."""

    subject: str
    """What."""
    due_at: dt.datetime
    """By when."""
    owner: str | None = None
    """Who; the actor when there is none."""
    priority: Priority | None = None
    """How much it matters."""
    reminder_at: dt.datetime | None = None
    """When to remind."""

    _reads: ClassVar[dict[str, str]] = {'due_at': 'instant', 'priority': '?Priority', 'reminder_at': '?instant'}


class Gender(Choice):
    """A contact's gender."""

    MALE = "male"
    """Male (男)."""
    FEMALE = "female"
    """Female (女)."""


@dataclass(frozen=True, kw_only=True)
class Given(Data):
    """Where a lead went, and why."""

    owner: str | None = None
    """The user who follows it."""
    pool: str | None = None
    """The pool it lies in."""
    waits_until: dt.datetime | None = None
    """Until when it waits for working hours."""
    rule: str
    """The rule that said so; none by hand."""
    reason: str
    """Why."""

    _reads: ClassVar[dict[str, str]] = {'waits_until': '?instant'}


@dataclass(frozen=True, kw_only=True)
class GivenByHand(Data):
    """One record and who gets it."""

    record: str
    """The record."""
    to: str
    """Who gets it."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class HandOverRule(Data):
    """Who gets the records that no hand gave: the first rule that fits one."""

    kind: str | None = None
    """Of which kind; any when there is none."""
    filter: str = ""
    """Which of them, as the text of a filter; all when empty."""
    to: Sequence[str]
    """Who gets them, in turn."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class HandedOver(Data):
    """What a hand-over moved."""

    moved: Mapping[str, int]
    """How many records went over, by kind; subordinates count as users."""
    got: Mapping[str, int]
    """How many each successor got."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Hidden(Data):
    """That there is a duplicate which the actor does not see."""

    owner: str | None = None
    """The name of its owner, where the tenant's settings disclose it."""

    _reads: ClassVar[dict[str, str]] = {}


class Intent(Choice):
    """How much the lead wants to buy."""

    HIGH = "high"
    """High (高)."""
    MEDIUM = "medium"
    """Medium (中)."""
    LOW = "low"
    """Low (低)."""


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


class LegalForm(Choice):
    """What a customer is before the law."""

    COMPANY = "company"
    """Company (企业)."""
    PERSON = "person"
    """Person (个人)."""


class Level(Choice):
    """How much a customer matters, most first."""

    A = "A"
    """A (A)."""
    B = "B"
    """B (B)."""
    C = "C"
    """C (C)."""
    D = "D"
    """D (D)."""


@dataclass(frozen=True, kw_only=True)
class LifecycleDefined(Data):
    """What defining a lifecycle did."""

    lifecycle: str
    """The record of the definition."""
    moved: int
    """How many records were moved from a state that is gone or renamed."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Logged(Data):
    """What logging an activity made."""

    activity: str
    """The activity."""
    task: str | None = None
    """The task for the follow-up."""

    _reads: ClassVar[dict[str, str]] = {}


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


@dataclass(frozen=True, kw_only=True)
class Moved(Data):
    """What a move did."""

    record: str
    """The record."""
    from_: str
    """The state that it left."""
    to: str
    """The state that it entered."""
    direction: Any
    """Which way it went."""
    class_: StateClass
    """What the state entered means."""
    tasks: Sequence[str]
    """The tasks that were created."""

    _reads: ClassVar[dict[str, str]] = {'class': 'StateClass'}


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


@dataclass(frozen=True, kw_only=True)
class Post(Data):
    """A post to be given to a contact."""

    customer: str
    """The customer."""
    title: str = ""
    """The position."""
    role: ContactRole | None = None
    """The part it plays in what the customer buys."""
    primary: bool = False
    """Whether it becomes the customer's primary contact. The first contact does so anyway."""
    since: dt.date | None = None
    """The first day."""
    until: dt.date | None = None
    """The day on which it is no longer in force."""

    _reads: ClassVar[dict[str, str]] = {'role': '?ContactRole', 'since': '?date', 'until': '?date'}


@dataclass(frozen=True, kw_only=True)
class PriceAnswer(Data):
    """A price with its reasons."""

    price: Money
    """The price of one unit."""
    origin: PriceOrigin
    """Where it comes from."""
    why: Sequence[str]
    """Why it holds, in words."""

    _reads: ClassVar[dict[str, str]] = {'price': 'money', 'origin': 'PriceOrigin'}


class PriceOrigin(Choice):
    """Where a price comes from."""



@dataclass(frozen=True, kw_only=True)
class PriceRequest(Data):
    """For whom, where, how many and when a price is asked."""

    customer_level: str = ""
    """The customer's level."""
    region: str = ""
    """The customer's region, from the top down, between `/`."""
    channel: str = ""
    """The sales channel."""
    quantity: Decimal | None = None
    """How many."""
    on: dt.date | None = None
    """On which day; today when there is none."""
    currency: str | None = None
    """In which currency; any when there is none."""

    _reads: ClassVar[dict[str, str]] = {'quantity': 'decimal', 'on': '?date'}


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


class RelationType(Choice):
    """What the first party of a relation is to the second."""

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


@dataclass(frozen=True, kw_only=True)
class RuleDraft(Data):
    """What an author writes of a rule; the fields are those of `Rule`."""

    name: str = ""
    """The name."""
    purpose: Any = None
    """What it is for."""
    kind: str = ""
    """The kind of record that it is about, by name or label."""
    language: Any = None
    """What it is written in."""
    criterion: str = ""
    """When it applies."""
    source: str = ""
    """The script."""
    lines: Sequence[Any] = field(default_factory=list)
    """The lines."""
    caps: Sequence[Any] = field(default_factory=list)
    """Caps of groups."""
    threshold: int | None = None
    """The score from which on a record is qualified."""
    bands: Sequence[Any] = field(default_factory=list)
    """The scores from which on grades are given."""
    place: int | None = None
    """The order among rules of one purpose."""
    message: str = ""
    """What a person reads when the rule refuses a move."""
    triggers: Sequence[Any] = field(default_factory=list)
    """What an automation reacts to."""
    calls: Sequence[Any] = field(default_factory=list)
    """What an automation does."""
    runs_as: str | None = None
    """The role with whose rights it looks at other records."""
    examples: Sequence[Any] = field(default_factory=list)
    """Examples."""
    most_failures: int | None = None
    """How often in a row it may fail."""
    notes: str = ""
    """Notes."""

    _reads: ClassVar[dict[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class RuleTest(Data):
    """What trying a rule showed."""

    problems: Sequence[Invalid]
    """What is wrong with it."""
    examples: Sequence[Tried]
    """What came of each example."""
    reads: Sequence[str]
    """Every field that it reads, as `kind.field`; nothing when that can't be told."""

    _reads: ClassVar[dict[str, str]] = {'problems': '*Invalid', 'examples': '*Tried'}


@dataclass(frozen=True, kw_only=True)
class SavedRule(Data):
    """What saving a rule did."""

    rule: str
    """The rule."""
    version: int
    """Its version now."""

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


class TradingRole(Choice):
    """The part that a customer plays in trade."""

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


@dataclass(frozen=True, kw_only=True)
class Tried(Data):
    """What came of an example."""

    facts: str
    """Its facts."""
    expected: str
    """What was expected."""
    answered: str
    """What the rule answered, or why it failed."""
    good: bool
    """Whether that is what was expected."""

    _reads: ClassVar[dict[str, str]] = {}
