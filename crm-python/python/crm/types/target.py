"""Types of target. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from .._record import Choice

__all__ = [
    "Metric",
]


class Metric(Choice):
    """What is measured."""

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
