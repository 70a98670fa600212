"""Records of forecast. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .._record import Record
from .._values import Money

__all__ = [
    "Forecast",
]


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
