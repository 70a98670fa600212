"""Types of model. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from .._record import Choice

__all__ = [
    "ModelPurpose",
]


class ModelPurpose(Choice):
    """What a model predicts."""

    LEAD_SCORE = "lead_score"
    """Lead score (线索评分)."""
    WIN_PROBABILITY = "win_probability"
    """Win probability (赢单概率)."""
    CHURN = "churn"
    """Churn (流失)."""
