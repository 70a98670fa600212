"""Records of org. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from decimal import Decimal
from typing import Any

from .._record import Choice, Record

__all__ = [
    "CustomField",
    "CustomFieldTy",
    "Department",
    "Lifecycle",
    "Numbering",
    "Role",
    "Settings",
    "SettingsDuplicateDisclosure",
    "Share",
    "ShareActions",
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
    _rows = {'choices': ['code', 'en', 'zh'], 'columns': ['name', 'en', 'zh', 'ty', 'target', 'choices']}
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
