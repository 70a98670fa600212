"""Figures of deals in a frame: win rates, funnel, velocity, forecast."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import _crm, _frames
from ._days import to_day
from ._html import table_html

__all__ = [
    "Forecast",
    "ForecastTest",
    "forecast",
    "forecast_backtest",
    "funnel",
    "pipeline_figures",
    "velocity",
]

Frame = TypeVar("Frame")
WON = ("won", "Won", "赢单", "1", "true")
LOST = ("lost", "Lost", "输单", "0", "false")


def _columns(
    *,
    outcome: str,
    started: str | None = None,
    closed: str | None = None,
    value: str | None = None,
    group: str | None = None,
    stage: str | None = None,
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
    zone: str | None = None,
    decimals: int = 2,
) -> str:
    return json.dumps(
        {
            "started": started,
            "closed": closed,
            "outcome": outcome,
            "value": value,
            "group": group,
            "stage": stage,
            "won": list(won),
            "lost": list(lost),
            "zone": zone,
            "decimals": decimals,
        }
    )


def pipeline_figures(
    deals: Frame,
    *,
    started_col: str | None = "started",
    closed_col: str | None = "closed",
    outcome_col: str = "outcome",
    value_col: str | None = "value",
    by: str | None = None,
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
    decimals: int = 2,
) -> Frame:
    """Win rate, values and cycle of deals, one row a group of `by`.

    `deals` has one row a deal: the days on which it was started and closed (missing while it is open), how it ended (one of
    `won` or `lost`; anything else is open), what it is worth (missing is nothing). Returns `group`, `open`, `won`, `lost`,
    `win_rate` (won ÷ closed), `won_value`, `mean_value`, `median_value`, `mean_cycle_days`, `median_cycle_days`,
    `velocity_per_day` (value won per day of the mean cycle).
    """
    asked = _columns(
        started=started_col, closed=closed_col, outcome=outcome_col, value=value_col, group=by,
        won=won, lost=lost, decimals=decimals,
    )  # fmt: skip
    found: Frame = _frames.like(_crm.pipeline_figures(_frames.stream(deals), asked), deals)
    return found


def funnel(
    deals: Frame,
    stages: Sequence[str],
    *,
    stage_col: str = "stage",
    outcome_col: str = "outcome",
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
) -> Frame:
    """How far deals come along `stages` (in order, without the lost one), one row a stage.

    `stage_col` says in which stage each deal is, or was last before it ended; a deal in none of `stages` reached none. A won
    deal has come past them all, whichever it was in. Returns `stage`, `reached`, `went_on`,
    `lost_here`, `stand_here`, `conversion` (went on ÷ (went on + lost here)).
    """
    asked = _columns(outcome=outcome_col, stage=stage_col, won=won, lost=lost)
    found: Frame = _frames.like(_crm.pipeline_funnel(_frames.stream(deals), asked, list(stages)), deals)
    return found


def velocity(
    deals: Any,
    since: dt.date | str,
    until: dt.date | str,
    *,
    started_col: str = "started",
    closed_col: str = "closed",
    outcome_col: str = "outcome",
    value_col: str = "value",
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
    decimals: int = 2,
) -> dict[str, float | None]:
    """How much value a pipeline brought a day, from `since` to before `until`.

    `realised_per_day` is the value won ÷ days, `mean_open` the mean number of open deals, `by_open_per_day` mean open × win
    rate × mean value ÷ mean cycle of the deals that closed in the window.
    """
    asked = _columns(
        started=started_col,
        closed=closed_col,
        outcome=outcome_col,
        value=value_col,
        won=won,
        lost=lost,
        decimals=decimals,
    )
    first, end = to_day(since), to_day(until)
    assert first is not None and end is not None
    told = _crm.pipeline_velocity(_frames.stream(deals), asked, first, end)
    if told is None:
        raise ValueError(f"there is no time between {since} and {until}")
    found = json.loads(told)
    return {name: found[name] for name in ("realised_per_day", "mean_open", "by_open_per_day")}


@dataclass(frozen=True)
class Forecast(Generic[Frame]):
    """What will be won of the deals that are open as of a day, within the horizon."""

    deals: Frame
    """The open deals: `row` (in the frame given), `chance` (of being won within the horizon), `value`."""
    expected: float
    low: float
    """The lower end of the interval."""
    high: float
    past: int
    """On how many past forecasts the width of the interval rests; with none it knows of no good and bad times."""
    futures: list[float] = field(repr=False)
    """What each drawn future brings, ascending."""

    def reaches(self, value: float) -> float:
        """The share of futures that bring at least so much."""
        return sum(future >= value for future in self.futures) / max(len(self.futures), 1)

    def _repr_html_(self) -> str:
        return table_html([{"low": self.low, "expected": self.expected, "high": self.high}], "Forecast")


@dataclass(frozen=True)
class ForecastTest(Generic[Frame]):
    """How forecasts of past days did."""

    days: Frame
    """A row a day: `as_of`, `expected`, `low`, `high`, and `actual`, what was won."""
    covered: int
    """How many intervals held what came."""
    mean_error: float
    """The mean of |expected − actual|."""
    mean_error_of_rate: float
    """The same of all open value times the win rate so far: the yardstick."""
    mean_error_of_last: float
    """The same of what had been won over as many days before."""


def _planned(days: Sequence[dt.date | str], **plan: Any) -> str:
    return json.dumps({"days": [to_day(day) for day in days], **plan})


def forecast(
    deals: Frame,
    as_of: dt.date | str,
    *,
    horizon: int = 90,
    level: float = 0.8,
    draws: int = 2000,
    seed: int = 1,
    least_history: int = 30,
    look_back: int = 12,
    started_col: str = "started",
    closed_col: str = "closed",
    outcome_col: str = "outcome",
    value_col: str = "value",
    group_col: str | None = None,
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
    decimals: int = 2,
) -> Forecast[Frame]:
    """What the open deals will bring within `horizon` days, from what became of earlier ones of their group and age.

    The interval holds a share of `level` of the futures that are drawn; the same `seed` draws the same ones.

    Raises
    ------
    InvalidError, RefusedError
        `forecast.no_history`, `forecast.plan`, `forecast.values`.
    """
    plan = _planned(
        [as_of], horizon=horizon, draws=draws, level=level, seed=seed, least_history=least_history, look_back=look_back
    )
    asked = _columns(
        started=started_col, closed=closed_col, outcome=outcome_col, value=value_col, group=group_col,
        won=won, lost=lost, decimals=decimals,
    )  # fmt: skip
    table, told = _crm.pipeline_forecast(_frames.stream(deals), asked, plan)
    return Forecast(_frames.like(table, deals), **json.loads(told))


def forecast_backtest(
    deals: Frame,
    days: Sequence[dt.date | str],
    *,
    horizon: int = 90,
    level: float = 0.8,
    draws: int = 2000,
    seed: int = 1,
    least_history: int = 30,
    look_back: int = 12,
    started_col: str = "started",
    closed_col: str = "closed",
    outcome_col: str = "outcome",
    value_col: str = "value",
    group_col: str | None = None,
    won: Sequence[str] = WON,
    lost: Sequence[str] = LOST,
    decimals: int = 2,
) -> ForecastTest[Frame]:
    """Forecasts as of each of some past days, from what was known on it, and compares with what came."""
    plan = _planned(
        days, horizon=horizon, draws=draws, level=level, seed=seed, least_history=least_history, look_back=look_back
    )
    asked = _columns(
        started=started_col, closed=closed_col, outcome=outcome_col, value=value_col, group=group_col,
        won=won, lost=lost, decimals=decimals,
    )  # fmt: skip
    table, told = _crm.pipeline_backtest(_frames.stream(deals), asked, plan)
    return ForecastTest(_frames.like(table, deals), **json.loads(told))
