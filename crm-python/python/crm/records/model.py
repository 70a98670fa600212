"""Records of model. Written by `python -m generate`; do not edit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from .._record import Choice, Record

__all__ = [
    "Model",
    "ModelPurpose",
    "ModelVerdict",
]


class ModelPurpose(Choice):
    """Model: Purpose (用途)."""

    LEAD_SCORE = "lead_score"
    """Lead score (线索评分)."""
    WIN_PROBABILITY = "win_probability"
    """Win probability (赢单概率)."""
    CHURN = "churn"
    """Churn (流失)."""


class ModelVerdict(Choice):
    """Model: Verdict (结论)."""

    SKILL = "skill"
    """Skill (有效)."""
    NO_SKILL = "no_skill"
    """No skill (无效)."""


class Model(Record):
    """Model (预测模型)."""

    created_at: dt.datetime | None
    """Created at (创建时间)."""
    created_by: str | None
    """Created by (创建人). The id of a user."""
    name: str | None
    """Name (名称)."""
    purpose: ModelPurpose | None
    """Purpose (用途)."""
    about: str | None
    """About (对象)."""
    version: int | None
    """Version (版本)."""
    trained_at: dt.datetime | None
    """Trained as of (训练截至)."""
    rows: int | None
    """Records learnt from (训练样本数)."""
    good: int | None
    """Ended well (正样本数)."""
    features: list[str]
    """Features (特征)."""
    auc: Decimal | None
    """AUC (AUC)."""
    log_loss: Decimal | None
    """Log loss (对数损失)."""
    base_log_loss: Decimal | None
    """Log loss of the base rate (基准对数损失)."""
    brier: Decimal | None
    """Brier score (Brier分数)."""
    ece: Decimal | None
    """Calibration error (校准误差)."""
    verdict: ModelVerdict | None
    """Verdict (结论)."""
    body: str | None
    """Model (模型内容)."""

    KIND = "model"
    _title = 'name'
    _plain = (
        "created_at",
        "created_by",
        "name",
        "purpose",
        "about",
        "version",
        "trained_at",
        "rows",
        "good",
        "auc",
        "log_loss",
        "base_log_loss",
        "brier",
        "ece",
        "verdict",
        "body",
    )
    _many = ('features',)
    _choices = {"purpose": ModelPurpose, "verdict": ModelVerdict}
    _rows = {}
    _points = ()
