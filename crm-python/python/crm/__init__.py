"""An embeddable CRM engine, and its analytics on DataFrames of any library.

>>> import crm
>>> crm.open_in_memory()                                       # doctest: +SKIP
>>> crm.rfm(transactions, customer_id_col="customer_id")       # doctest: +SKIP
>>> crm.BetaGeoModel().fit(crm.rfm_summary(transactions))      # doctest: +SKIP
"""

from __future__ import annotations

from . import _crm, errors, records, types
from ._clv import (
    BetaGeoModel,
    GammaGammaModel,
    ModifiedBetaGeoModel,
    NBDModel,
    ParetoNBDModel,
    RegularBetaGeoModel,
    rfm_summary,
    summary_info,
)
from ._engine import (
    Change,
    DueReport,
    Engine,
    FieldChange,
    ImportReport,
    Session,
    Verified,
    open,
    open_in_memory,
)
from ._frames import convert, to_dict
from ._learn import ChurnModel, LeadScorer, backtest, churn_risks
from ._pipeline import Forecast, ForecastTest, forecast, forecast_backtest, funnel, pipeline_figures, velocity
from ._rfm import Rfm, Segment, Thresholds, rfm
from ._values import Money
from .errors import CrmError

Table = _crm.Table
__version__: str = _crm.VERSION

__all__ = [
    "BetaGeoModel",
    "Change",
    "ChurnModel",
    "CrmError",
    "DueReport",
    "Engine",
    "FieldChange",
    "Forecast",
    "ForecastTest",
    "GammaGammaModel",
    "ImportReport",
    "LeadScorer",
    "ModifiedBetaGeoModel",
    "Money",
    "NBDModel",
    "ParetoNBDModel",
    "RegularBetaGeoModel",
    "Rfm",
    "Segment",
    "Session",
    "Table",
    "Thresholds",
    "Verified",
    "__version__",
    "backtest",
    "churn_risks",
    "convert",
    "errors",
    "forecast",
    "forecast_backtest",
    "funnel",
    "open",
    "open_in_memory",
    "pipeline_figures",
    "records",
    "rfm",
    "rfm_summary",
    "summary_info",
    "to_dict",
    "types",
    "velocity",
]
