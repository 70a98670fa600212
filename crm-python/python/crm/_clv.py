"""Lifetime value: how often, for how long and for how much customers will buy.

The columns are those of the field: `frequency` (repeat purchases), `recency` (time from the first purchase to the last), `T`
(time from the first purchase to the end of observation), `monetary_value` (mean spend at a repeat purchase).
"""

from __future__ import annotations

import datetime as dt
import json
import math
from operator import index
from typing import Any, ClassVar, Literal, TypeVar

from . import _crm, _frames
from ._days import from_day, to_day
from ._estimator import Estimator
from ._html import table_html
from ._rfm import columns
from .errors import InvalidError

__all__ = [
    "BetaGeoModel",
    "GammaGammaModel",
    "ModifiedBetaGeoModel",
    "NBDModel",
    "ParetoNBDModel",
    "RegularBetaGeoModel",
    "rfm_summary",
    "summary_info",
]

Frame = TypeVar("Frame")
Fitted = TypeVar("Fitted", bound="_PurchaseModel")
Unit = Literal["D", "W", "M", "Y"]
_DAYS: dict[str, float] = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}


def _days(unit: str) -> float:
    if unit not in _DAYS:
        raise ValueError(f"`time_unit` is {unit!r}, not one of {', '.join(map(repr, _DAYS))}")
    return _DAYS[unit]


def _number(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise InvalidError(f"`{name}` is `{value}`", "clv.bad_horizon")
    return float(value)


def rfm_summary(
    transactions: Frame,
    customer_id_col: str = "customer_id",
    datetime_col: str = "date",
    monetary_value_col: str | None = None,
    *,
    currency_col: str | None = None,
    observation_period_end: dt.date | str | None = None,
    time_unit: Unit = "D",
    include_first_transaction: bool = False,
    time_zone: str | None = None,
    decimals: int = 2,
    returns: bool = False,
) -> Frame:
    """One row a customer of what the models need to know, from one row a purchase.

    Purchases of a customer on one day are one purchase. Returns, in the library of the frame that was given and
    ascending by id: the id, `frequency` (days with a purchase after the first), `recency` and `T` (in `time_unit`), and with
    a monetary column `monetary_value` (mean spend at a repeat purchase, 0 without one, or at any purchase with
    `include_first_transaction`) and `total_value` (all that was spent).

    Parameters are as those of `crm.rfm`; purchases after `observation_period_end` (by default the day of the last
    purchase) are left out.

    Examples
    --------
    >>> import crm
    >>> table = crm.rfm_summary({"customer_id": [1, 1, 2], "date": ["2026-01-05", "2026-02-01", "2026-01-20"]})
    >>> crm.to_dict(table)["recency"]
    [27.0, 0.0]
    """
    of = columns(customer_id_col, datetime_col, monetary_value_col, currency_col, time_zone, decimals, returns)
    return _summary(transactions, of, observation_period_end, time_unit, include_first_transaction)[0]


def summary_info(
    transactions: Frame,
    customer_id_col: str = "customer_id",
    datetime_col: str = "date",
    monetary_value_col: str | None = None,
    *,
    currency_col: str | None = None,
    observation_period_end: dt.date | str | None = None,
    time_unit: Unit = "D",
    include_first_transaction: bool = False,
    time_zone: str | None = None,
    decimals: int = 2,
    returns: bool = False,
) -> tuple[Frame, dict[str, Any]]:
    """As `rfm_summary`, and what was found on the way: `observation_period_end`, `log_intervals` (for
    `RegularBetaGeoModel`), `merged` and `later` (purchases merged with another of the day, and left out), `currency`."""
    of = columns(customer_id_col, datetime_col, monetary_value_col, currency_col, time_zone, decimals, returns)
    return _summary(transactions, of, observation_period_end, time_unit, include_first_transaction)


def _summary(
    transactions: Frame, of: dict[str, Any], until: dt.date | str | None, unit: str, with_first: bool
) -> tuple[Frame, dict[str, Any]]:
    asked = {"columns": of, "until": to_day(until), "days_a_unit": _days(unit), "with_first": with_first}
    table, told = _crm.clv_summary(_frames.stream(transactions), json.dumps(asked))
    info = json.loads(told)
    info["observation_period_end"] = from_day(info["observation_period_end"])
    return _frames.like(table, transactions), info


class _Likely(Estimator):
    """A model that is fitted by maximum likelihood."""

    _estimator_type = "regressor"

    params_: dict[str, float]
    standard_errors_: dict[str, float] | None
    covariance_: list[list[float]] | None
    log_likelihood_: float
    n_customers_: int
    n_iter_: int
    edge_: list[str]

    def summary(self) -> list[dict[str, Any]]:
        """The parameters with their standard errors, one row each."""
        self._need_fit()
        errors = getattr(self, "standard_errors_", None) or {}
        return [
            {"parameter": name, "value": value, "standard_error": errors.get(name)}
            for name, value in self.params_.items()
        ]

    def _repr_html_(self) -> str:
        if not self.__sklearn_is_fitted__():
            return f"<code>{self!r}</code> (not fitted)"
        return table_html(self.summary(), caption=repr(self))


class _PurchaseModel(_Likely):
    """A model of how often and for how long customers buy, fitted by maximum likelihood (exact gradients, Newton).

    After `fit`: `params_` (by name), `standard_errors_` (by name, or `None` at an edge), `covariance_` (rows in the order
    of `params_`), `log_likelihood_`, `n_customers_`, `edge_` (parameters that the data push on and on: predictions hold,
    the values mean little), `gradient_` (the steepest slope left), `n_iter_`.

    Frames have the columns `frequency`, `recency` and `T`; results are series of the frame's own library, one value a row.
    """

    _family: ClassVar[Any]
    gradient_: float

    def __init__(self, horizon: float = 1.0) -> None:
        self.horizon = horizon

    def fit(self: Fitted, X: Any, y: object = None) -> Fitted:
        """Fits the model to customers' histories.

        Raises
        ------
        RefusedError
            `clv.no_customers`, `clv.no_time`, `clv.no_repeat_purchases`, or `clv.not_converged`: never parameters at
            which the likelihood still climbs.
        """
        self._found(json.loads(self._fit(_frames.stream(X))))
        return self

    def _fit(self, X: Any) -> str:
        return _crm.clv_fit(X, json.dumps(self._family))

    def _found(self, fit: dict[str, Any]) -> None:
        self._model = fit["model"]
        ((_, params),) = self._model.items()
        self.params_ = params
        names = [name for name in params if name != "k"]
        errors = fit["standard_errors"]
        self.standard_errors_ = None if errors is None else dict(zip(names, errors, strict=True))
        self.covariance_ = fit["covariance"]
        self.log_likelihood_ = fit["log_likelihood"]
        self.n_customers_ = fit["customers"]
        self.n_iter_ = fit["steps"]
        self.gradient_ = fit["gradient"]
        self.edge_ = fit["edge"]

    @classmethod
    def from_params(cls, **params: float) -> Any:
        """A model with known parameters, ready to predict: `BetaGeoModel.from_params(r=0.243, alpha=4.414, …)`."""
        model = cls()
        name = cls._family if isinstance(cls._family, str) else next(iter(cls._family))
        model._model = {name: params}
        model.params_ = dict(params)
        _crm.clv_purchases_of_new(model._parameters(), json.dumps({"within": 1.0}))
        return model

    def _parameters(self) -> str:
        self._need_fit()
        return json.dumps(self._model)

    def probability_alive(self, X: Any) -> Any:
        """The probability that each customer is still there, 0 to 1."""
        return _frames.series(_crm.clv_alive(_frames.stream(X), self._parameters()), X)

    def expected_purchases(self, X: Any, future_t: float | None = None) -> Any:
        """The purchases each customer is expected to make within `future_t` (the unit of `T`; by default `horizon`)."""
        ahead = json.dumps({"within": _number("future_t", self.horizon if future_t is None else future_t)})
        return _frames.series(_crm.clv_purchases(_frames.stream(X), self._parameters(), ahead), X)

    def expected_purchases_new_customer(self, t: float) -> float:
        """The repeat purchases expected within `t` of a customer who has just bought for the first time."""
        return _crm.clv_purchases_of_new(self._parameters(), json.dumps({"within": _number("t", t)}))

    def customer_lifetime_value(
        self,
        spend: GammaGammaModel,
        X: Any,
        *,
        periods: int = 12,
        period_length: float = 30.0,
        discount_rate: float = 0.0,
    ) -> Any:
        """What each customer's purchases to come are worth now, in the money of `monetary_value`.

        Purchases of each of `periods` periods of `period_length` (the unit of `T`: 30 for months of days, 52 / 12 for
        weeks) are discounted at its end by `discount_rate` a period.
        """
        length, rate = _number("period_length", period_length), _number("discount_rate", discount_rate)
        ahead = json.dumps({"periods": {"count": index(periods), "length": length, "rate": rate}})
        found = _crm.clv_value(_frames.stream(X), self._parameters(), spend._parameters(), ahead)
        return _frames.series(found, X)

    def predict(self, X: Any) -> Any:
        """`expected_purchases` within `horizon`."""
        return self.expected_purchases(X)

    def score(self, X: Any, y: object = None) -> float:
        """The log-likelihood of histories a customer; higher is better, and comparable on the same customers only."""
        table = _frames.stream(X)
        rows = len(_crm.Table.from_arrow(table))
        return _crm.clv_log_likelihood(table, self._parameters()) / max(rows, 1)


class NBDModel(_PurchaseModel):
    """Customers buy for ever (Ehrenberg 1959): the yardstick that the others have to beat. Parameters `r`, `alpha`."""

    _family = "nbd"


class BetaGeoModel(_PurchaseModel):
    """BG/NBD: a customer may leave at each repeat purchase (Fader, Hardie and Lee 2005). Parameters `r`, `alpha`, `a`, `b`.

    Examples
    --------
    >>> import crm
    >>> model = crm.BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> round(float(model.expected_purchases({"frequency": [2], "recency": [30.43], "T": [38.86]}, 39)[0]), 3)
    1.226
    """

    _family = "bg_nbd"


class ModifiedBetaGeoModel(_PurchaseModel):
    """MBG/NBD: a customer may leave at the first purchase too (Batislam, Denizel and Filiztekin 2007)."""

    _family = "mbg_nbd"


class ParetoNBDModel(_PurchaseModel):
    """Pareto/NBD: a customer may leave at any time (Schmittlein, Morrison and Colombo 1987). Parameters `r`, `alpha`, `s`,
    `beta`."""

    _family = "pareto_nbd"


class RegularBetaGeoModel(_PurchaseModel):
    """MBG/CNBD-k: as MBG/NBD with regular purchases, every k-th event of a random stream (Platzer and Reutterer 2016).

    `k` is chosen by the likelihood when it is `None`; that needs `log_intervals`, the sum of the logarithms of the times
    between purchases, which `summary_info` finds.
    """

    _family = {"mbg_cnbd": {"k": 1}}

    def __init__(self, k: int | None = None, log_intervals: float | None = None, horizon: float = 1.0) -> None:
        super().__init__(horizon)
        self.k = k
        self.log_intervals = log_intervals

    def _fit(self, X: Any) -> str:
        family = json.dumps({"mbg_cnbd": {"k": self.k or 1}})
        return _crm.clv_fit(X, family, self.log_intervals, self.k is None)


class GammaGammaModel(_Likely):
    """Gamma-Gamma: what customers spend at a purchase (Fader, Hardie and Lee 2005). Parameters `p`, `q`, `v`.

    Fitted to `frequency` and `monetary_value`; rows without repeat purchases tell nothing. After `fit`: as of the purchase
    models, and `correlation_` of the number of purchases and the mean spend, which the model takes to be zero.
    """

    correlation_: float | None

    def fit(self, X: Any, y: object = None) -> GammaGammaModel:
        """Fits the model.

        Raises
        ------
        RefusedError
            `clv.spend_not_positive`, `clv.spend_has_no_spread`, `clv.spend_mean_undefined` (q ≤ 1), `clv.not_converged`.
        """
        fit = json.loads(_crm.spend_fit(_frames.stream(X)))
        self.params_ = fit["model"]
        errors = fit["standard_errors"]
        self.standard_errors_ = None if errors is None else dict(zip("pqv", errors, strict=True))
        self.covariance_ = fit["covariance"]
        self.log_likelihood_ = fit["log_likelihood"]
        self.n_customers_ = fit["customers"]
        self.n_iter_ = fit["steps"]
        self.correlation_ = fit["correlation"]
        self.edge_ = fit["edge"]
        return self

    @classmethod
    def from_params(cls, p: float, q: float, v: float) -> GammaGammaModel:
        """A model with known parameters."""
        model = cls()
        model.params_ = {"p": p, "q": q, "v": v}
        return model

    def _parameters(self) -> str:
        self._need_fit()
        return json.dumps(self.params_)

    def expected_spend(self, X: Any) -> Any:
        """What each customer is expected to spend at a purchase; the mean of all for those who didn't come again."""
        return _frames.series(_crm.spend_expected(_frames.stream(X), self._parameters()), X)

    def predict(self, X: Any) -> Any:
        """`expected_spend`."""
        return self.expected_spend(X)
