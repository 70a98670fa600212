"""Records of rule. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import Any

from .._record import Choice, Record

__all__ = [
    "Behaviour",
    "Rule",
    "RuleLanguage",
    "RulePurpose",
    "RuleRun",
    "RuleRunOutcome",
    "RuleState",
]


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
