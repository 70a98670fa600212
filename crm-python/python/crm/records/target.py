"""Records of target. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from .._record import Choice, Record
from .._values import Money

__all__ = [
    "Target",
    "TargetMetric",
]


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
