"""Records of pool. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt

from .._record import Record

__all__ = [
    "ClaimTally",
    "Pool",
]


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
