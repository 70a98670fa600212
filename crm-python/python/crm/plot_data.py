"""What the plots of `crm.plot` draw, as plain rows: for other ways of drawing, and for tests."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import _crm, _frames
from ._pipeline import forecast
from ._rfm import Rfm, columns
from .types import Board

Rows = list[dict[str, Any]]


def rfm_heatmap(found: Rfm[Any]) -> Rows:
    """Per score of recency and frequency: `recency`, `frequency`, `customers`, `mean_monetary`."""
    table = _frames.to_dict(found.customers)
    cells = {(r, f): [0, 0.0] for r in range(1, found.bins + 1) for f in range(1, found.bins + 1)}
    for r, f, money in zip(table["r_score"], table["f_score"], table["monetary"], strict=True):
        cell = cells[r, f]
        cell[0] += 1
        cell[1] += float(money)
    return [
        {"recency": r, "frequency": f, "customers": count, "mean_monetary": money / count if count else None}
        for (r, f), (count, money) in cells.items()
    ]


def segment_treemap(found: Rfm[Any], width: float = 600, height: float = 360) -> Rows:
    """Per segment that has customers, largest first: `segment`, `customers`, `monetary`, `share`, and the corners of its
    tile, `x`, `y`, `x2`, `y2` (squarified: M. Bruls, K. Huizing, J. van Wijk 2000)."""
    rows = [{**row, "segment": row["segment"] or "–"} for row in found.segments if row["customers"]]
    rows.sort(key=lambda row: -row["customers"])
    total = sum(row["customers"] for row in rows) or 1
    areas = [row["customers"] / total * width * height for row in rows]
    for row, corners in zip(rows, _squarified(areas, 0.0, 0.0, width, height), strict=True):
        row["monetary"] = float(row["monetary"])
        row.update(zip(("x", "y", "x2", "y2"), corners, strict=True))
    return rows


def _squarified(areas: Sequence[float], x: float, y: float, width: float, height: float) -> list[tuple[float, ...]]:
    tiles: list[tuple[float, ...]] = []
    rest = list(areas)
    while rest:
        side = min(width, height)
        row: list[float] = []
        while rest and (not row or _worst([*row, rest[0]], side) <= _worst(row, side)):
            row.append(rest.pop(0))
        depth = sum(row) / side if side else 0.0
        along = 0.0
        for area in row:
            length = area / depth if depth else 0.0
            if width >= height:
                tiles.append((x, y + along, x + depth, y + along + length))
            else:
                tiles.append((x + along, y, x + along + length, y + depth))
            along += length
        if width >= height:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
    return tiles


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def funnel(steps: Any) -> Rows:
    """Per stage of `crm.funnel`: `order`, `stage`, `reached`, `lost_here`, `conversion`, and `share` of the first stage."""
    table = _frames.to_dict(steps)
    first = (table["reached"] or [0])[0] or 1
    rows = zip(table["stage"], table["reached"], table["lost_here"], table["conversion"], strict=True)
    return [
        {
            "order": n,
            "stage": stage,
            "reached": reached,
            "lost_here": lost,
            "conversion": went,
            "share": reached / first,
        }
        for n, (stage, reached, lost, went) in enumerate(rows)
    ]


def pipeline_board(board: Board, language: str = "en") -> Rows:
    """Per column of `session.board()`: `order`, `stage`, `deals`, `amount`, `weighted` and `currency`."""
    return [
        {
            "order": n,
            "stage": (column.zh if language == "zh" else column.en) or column.stage,
            "deals": column.count,
            "amount": float(column.amount.amount),
            "weighted": float(column.weighted.amount),
            "currency": column.amount.currency,
        }
        for n, column in enumerate(board.columns)
    ]


def probability_alive(model: Any, T: float, max_frequency: int = 20, steps: int = 20) -> Rows:
    """Per number of repeat purchases and recency of a customer of age `T`: `frequency`, `recency`, `alive`."""
    grid = [(n, T * step / steps) for n in range(1, max_frequency + 1) for step in range(1, steps + 1)]
    table = {
        "frequency": [n for n, _ in grid],
        "recency": [recency for _, recency in grid],
        "T": [float(T)] * len(grid),
    }
    alive = list(model.probability_alive(table))
    return [{"frequency": n, "recency": r, "alive": float(p)} for (n, r), p in zip(grid, alive, strict=True)]


def forecast_fan(
    deals: Any,
    as_of: dt.date | str,
    horizons: Sequence[int] = (15, 30, 45, 60, 75, 90),
    **asked: Any,
) -> Rows:
    """Per horizon: `days`, `date`, and what the open deals bring by then: `p10`, `p25`, `median`, `p75`, `p90`, `expected`.

    Each horizon is forecast by itself; what is won by a later day is not less than what is won by an earlier one.

    `asked` goes to `crm.forecast`: columns, group, seed.
    """
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    rows: Rows = [{"days": 0, "p10": 0.0, "p25": 0.0, "median": 0.0, "p75": 0.0, "p90": 0.0, "expected": 0.0}]
    for horizon in sorted(horizons):
        made = forecast(deals, as_of, horizon=horizon, **asked)
        last = len(made.futures) - 1
        at = {name: made.futures[round(share * last)] for name, share in _QUANTILES.items()}
        at["expected"] = made.expected
        rows.append({"days": horizon, **{name: max(worth, rows[-1][name]) for name, worth in at.items()}})
    for row in rows:
        row["date"] = (day + dt.timedelta(days=row["days"])).isoformat()
    return rows


_QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


def calibration_curve(found: Any) -> Rows:
    """Per interval of what was said, of a fitted scorer or of `crm.backtest`: `said`, `came`, `rows`."""
    report = found if isinstance(found, Mapping) else found.report_
    curve = report["reliability"] or {"said": [], "came": [], "rows": []}
    rows = zip(curve["said"], curve["came"], curve["rows"], strict=True)
    return [{"said": said, "came": came, "rows": count} for said, came, count in rows]


def cohort_retention(
    transactions: Any,
    *,
    customer_id_col: str = "customer_id",
    datetime_col: str = "date",
    time_zone: str | None = None,
) -> Rows:
    """Per month of first purchase and months since: `cohort` (`2026-03`), `months`, `customers`, `share` of the cohort."""
    of = json.dumps(columns(customer_id_col, datetime_col, None, None, time_zone, 0, False))
    table = _frames.to_dict(_crm.retention(_frames.stream(transactions), of))
    rows = zip(table["cohort"], table["months"], table["customers"], table["share"], strict=True)
    return [
        {"cohort": f"{cohort:%Y-%m}", "months": months, "customers": customers, "share": share}
        for cohort, months, customers, share in rows
    ]
