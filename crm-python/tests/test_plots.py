"""Plots: the chart and its data say the same, in English and Chinese."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest

import crm
from crm import plot_data

pytest.importorskip("altair")


@pytest.fixture(scope="module")
def found(cdnow):
    return crm.rfm(cdnow, language="zh")


@pytest.fixture(scope="module")
def deals():
    dice = random.Random(3)
    rows = []
    for _ in range(400):
        started = dt.date(2025, 1, 1) + dt.timedelta(days=dice.randrange(400))
        closed = started + dt.timedelta(days=dice.randrange(5, 120))
        over = closed < dt.date(2026, 1, 1)
        outcome = dice.choice(["won", "lost"]) if over else None
        rows.append(
            (
                started,
                closed if over else None,
                outcome,
                dice.randrange(1, 100) * 100.0,
                dice.choice(["初步沟通", "方案报价", "谈判"]),
            )
        )
    names = ["started", "closed", "outcome", "value", "stage"]
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


@pytest.fixture(scope="module")
def board():
    with crm.open_in_memory() as engine:
        for number in range(6):
            deal = engine.record.create("opportunity", {"name": f"商机{number}", "amount": crm.Money(1000, "CNY")})
            if number % 2:
                engine.opportunity.advance(deal, to="proposal")
        yield engine.board()


def charts(found, deals, board, cdnow, language):
    from crm import plot

    model = crm.BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    scored = crm.backtest([0.1, 0.2, 0.8, 0.9] * 30, [0, 0, 1, 1] * 30)
    open_by = "2026-01-01"
    return {
        "rfm_heatmap": plot.rfm_heatmap(found, language),
        "segment_treemap": plot.segment_treemap(found, language),
        "funnel": plot.funnel(crm.funnel(deals, ["初步沟通", "方案报价", "谈判"]), language),
        "pipeline_board": plot.pipeline_board(board, language),
        "probability_alive": plot.probability_alive(model, 38.0, language=language),
        "forecast_fan": plot.forecast_fan(deals, open_by, language=language, draws=200),
        "calibration_curve": plot.calibration_curve(scored, language),
        "cohort_retention": plot.cohort_retention(cdnow, language),
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_plot_is_a_chart_with_its_data(found, deals, board, cdnow, language):
    made = charts(found, deals, board, cdnow, language)
    assert set(made) == set(crm.plot.__all__) - {"data"}
    assert all(hasattr(plot_data, name) for name in made)
    for name, chart in made.items():
        told = chart.to_dict()
        text = json.dumps(told, ensure_ascii=False)
        assert "Noto Sans CJK SC" in text, name
        title = told["title"] if isinstance(told["title"], str) else "".join(told["title"].values())
        assert title.isascii() == (language == "en"), name
        assert '"datasets"' in text or '"values"' in text, name


def test_pictures_can_be_made(found, deals, board, cdnow, tmp_path):
    pytest.importorskip("vl_convert")
    for name, chart in charts(found, deals, board, cdnow, "zh").items():
        chart.save(tmp_path / f"{name}.svg")
        assert "<svg" in (tmp_path / f"{name}.svg").read_text()[:200]


def test_the_data_of_plots_add_up(found, deals, board, cdnow):
    heat = plot_data.rfm_heatmap(found)
    assert len(heat) == 25 and sum(row["customers"] for row in heat) == 400
    tiles = plot_data.segment_treemap(found, 600, 360)
    assert sum((row["x2"] - row["x"]) * (row["y2"] - row["y"]) for row in tiles) == pytest.approx(600 * 360)
    for row in tiles:
        assert -1e-6 <= row["x"] < row["x2"] <= 600 + 1e-6 and -1e-6 <= row["y"] < row["y2"] <= 360 + 1e-6
    columns = {row["stage"]: row for row in plot_data.pipeline_board(board, "zh")}
    assert columns["初步沟通"]["deals"] == 3 and columns["方案报价"]["amount"] == 3000
    assert 0 < columns["方案报价"]["weighted"] < 3000
    kept = plot_data.cohort_retention(cdnow)
    assert sum(row["customers"] for row in kept if row["months"] == 0) == 400
    assert all(row["share"] == 1 for row in kept if row["months"] == 0)
    fan = plot_data.forecast_fan(deals, "2026-01-01", draws=200)
    assert [row["days"] for row in fan] == [0, 15, 30, 45, 60, 75, 90]
    for row in fan:
        assert row["p10"] <= row["p25"] <= row["median"] <= row["p75"] <= row["p90"]
    alive = plot_data.probability_alive(crm.BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426), 38.0)
    assert all(0 < row["alive"] <= 1 for row in alive)
