"""Types of party. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from .._record import Choice, Data

__all__ = [
    "Address",
    "AddressLabel",
    "ContactRole",
    "Flag",
    "Gender",
    "LegalForm",
    "Level",
    "Post",
    "RelationType",
    "TradingRole",
]


@dataclass(frozen=True, kw_only=True)
class Address(Data):
    """An address of a customer."""

    label: AddressLabel
    """Label (类型)."""
    country: str
    """Country (国家)."""
    province: str
    """Province (省份)."""
    city: str
    """City (城市)."""
    district: str
    """District (区县)."""
    detail: str
    """Address (地址)."""
    postcode: str
    """Postcode (邮编)."""
    receiver: str
    """Receiver (收件人)."""
    phone: Any = None
    """Phone (电话)."""
    default: bool | None = None
    """Default (默认)."""

    _reads: ClassVar[dict[str, str]] = {'label': 'AddressLabel'}


class AddressLabel(Choice):
    """What an address is for."""

    REGISTERED = "registered"
    """Registered (注册地址)."""
    OFFICE = "office"
    """Office (办公地址)."""
    INVOICE = "invoice"
    """Invoice (开票地址)."""
    DELIVERY = "delivery"
    """Delivery (收货地址)."""
    OTHER = "other"
    """Other (其他)."""


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


class Flag(Choice):
    """What sets a customer apart."""

    MAJOR = "major"
    """Major account (大客户)."""
    KEY = "key"
    """Key account (重点客户)."""
    STRATEGIC = "strategic"
    """Strategic account (战略客户)."""


class Gender(Choice):
    """A contact's gender."""

    MALE = "male"
    """Male (男)."""
    FEMALE = "female"
    """Female (女)."""


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
