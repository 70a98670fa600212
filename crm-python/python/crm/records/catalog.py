"""Records of catalog. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .._record import Choice, Record
from .._values import Money

__all__ = [
    "Price",
    "PriceBook",
    "Product",
    "ProductBilling",
    "ProductTy",
]


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
    unit_cost: Money | None
    """Unit cost (单位成本)."""

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
        "unit_cost",
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
