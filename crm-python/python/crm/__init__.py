"""An embeddable CRM engine, and its analytics on DataFrames of any library.

>>> import crm
>>> crm.open_in_memory()                                       # doctest: +SKIP
>>> crm.rfm(transactions, customer_id_col="customer_id")       # doctest: +SKIP
>>> crm.BetaGeoModel().fit(crm.rfm_summary(transactions))      # doctest: +SKIP

Names are loaded when they are first used, so that importing costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._crm import VERSION as __version__
from ._crm import Table

if TYPE_CHECKING:
    from . import errors, plot, records, types
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
    from ._rfm import Rfm, Segment, Thresholds, rfm, rfm_of_parts
    from ._values import Money
    from .errors import CrmError

_WHERE = {
    "_clv": (
        "BetaGeoModel",
        "GammaGammaModel",
        "ModifiedBetaGeoModel",
        "NBDModel",
        "ParetoNBDModel",
        "RegularBetaGeoModel",
        "rfm_summary",
        "summary_info",
    ),
    "_engine": (
        "Change",
        "DueReport",
        "Engine",
        "FieldChange",
        "ImportReport",
        "Session",
        "Verified",
        "open",
        "open_in_memory",
    ),
    "_frames": ("convert", "to_dict"),
    "_learn": ("ChurnModel", "LeadScorer", "backtest", "churn_risks"),
    "_pipeline": (
        "Forecast",
        "ForecastTest",
        "forecast",
        "forecast_backtest",
        "funnel",
        "pipeline_figures",
        "velocity",
    ),
    "_rfm": ("Rfm", "Segment", "Thresholds", "rfm", "rfm_of_parts"),
    "_values": ("Money",),
    "errors": ("CrmError",),
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names}
_MODULES = ("errors", "plot", "records", "types")

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
    "plot",
    "records",
    "rfm",
    "rfm_of_parts",
    "rfm_summary",
    "summary_info",
    "to_dict",
    "types",
    "velocity",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name not in _MODULE:
        raise AttributeError(f"module `crm` has no attribute `{name}`")
    found = getattr(import_module(f".{_MODULE[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
