"""Records of activity. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .._record import Choice, Record

__all__ = [
    "Activity",
    "ActivityDirection",
    "ActivityKind",
    "ActivityType",
]


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
