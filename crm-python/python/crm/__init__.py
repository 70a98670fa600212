"""An embeddable CRM engine, and its analytics on DataFrames of any library.

>>> import crm
>>> crm.open_in_memory()                                       # doctest: +SKIP
>>> crm.rfm(transactions, customer_id_col="customer_id")       # doctest: +SKIP
>>> crm.BetaGeoModel().fit(crm.rfm_summary(transactions))      # doctest: +SKIP

Names are loaded when they are first used, so that importing costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._crm import VERSION
from ._crm import Table as Table

if TYPE_CHECKING:
    from . import errors as errors
    from . import plot as plot
    from . import records as records
    from . import types as types
    from ._answers import *  # noqa: F403
    from ._clv import *  # noqa: F403
    from ._engine import *  # noqa: F403
    from ._frames import *  # noqa: F403
    from ._journal import *  # noqa: F403
    from ._learn import *  # noqa: F403
    from ._pipeline import *  # noqa: F403
    from ._rfm import *  # noqa: F403
    from ._rows import *  # noqa: F403
    from ._values import Money as Money
    from .errors import CrmError as CrmError

# Where each name is, for the first time that it is used.
_WHERE = {
    "_answers": ("CustomerView", "Post", "Timeline"),
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
    "_engine": ("DueReport", "Engine", "ImportReport", "Session", "Verified", "open", "open_in_memory"),
    "_frames": ("convert", "to_dict"),
    "_journal": ("Change", "FieldChange"),
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
    "_rows": ("Rows",),
    "_values": ("Money",),
    "errors": ("CrmError",),
}
__version__ = VERSION
_MODULE = {name: module for module, names in _WHERE.items() for name in names}
_MODULES = ("errors", "plot", "records", "types")

__all__ = sorted([*_MODULE, *_MODULES, "Table", "__version__"])


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
    return __all__
