"""Plots, as Altair charts: show them in a notebook, change them, `chart.save("x.png")`. Needs `pip install crm-python[plot]`.

Every plot's data stands in `crm.plot_data` under the same name. Labels are English or Chinese (`language="zh"`); browsers and
systems with a Chinese font render them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from . import plot_data as data
from ._rfm import Rfm
from .types import Board

__all__ = [
    "calibration_curve",
    "cohort_retention",
    "data",
    "forecast_fan",
    "funnel",
    "pipeline_board",
    "probability_alive",
    "rfm_heatmap",
    "segment_treemap",
]

# The first that the system has.
FONTS = "Inter, Helvetica Neue, Arial, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei, sans-serif"
LINE = 16  # pixels
INK, MUTED, ACCENT, PALE, EMPTY = "#1f2933", "#7b8794", "#2563a8", "#c6d8ec", "#f3f5f8"

PERCENT = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1])

_ZH = {
    "Recency score": "最近购买得分",
    "Frequency score": "购买频次得分",
    "Customers": "客户数",
    "Mean amount": "平均金额",
    "Amount": "金额",
    "Customer segments": "客户分群",
    "Recency and frequency": "最近购买与频次",
    "Reached": "到达数",
    "Of the first": "占首阶段",
    "Funnel": "漏斗",
    "Reached, and the share of the decided that went on": "到达数，以及已有结果者中进入下一阶段的比例",
    "Stage": "阶段",
    "Pipeline": "销售管道",
    "Deals": "商机数",
    "Weighted": "加权金额",
    "Probability of being a customer still": "仍为客户的概率",
    "Repeat purchases": "复购次数",
    "Time of the last purchase": "最后一次购买的时间",
    "Probability": "概率",
    "Won by then": "届时赢单金额",
    "Forecast": "预测",
    "Median, middle half and middle 80 %": "中位数、中间一半与中间 80%",
    "Date": "日期",
    "Said": "预测概率",
    "Came": "实际比例",
    "Calibration": "校准曲线",
    "Rows": "行数",
    "First month": "首购月份",
    "Months since": "之后月数",
    "Share who bought": "购买比例",
    "Retention": "客户留存",
}


class _Words:
    def __init__(self, language: str) -> None:
        self.zh = language == "zh"

    def __call__(self, english: str) -> str:
        return _ZH[english] if self.zh else english


def _styled(chart: Any, title: Any) -> Any:
    return (
        chart.properties(title=title)
        .configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelColor=INK, titleColor=MUTED, domainColor="#cbd2d9", tickColor="#cbd2d9")
        .configure_legend(labelColor=INK, titleColor=MUTED)
        .configure_title(anchor="start", color=INK, fontSize=15, offset=12, subtitleColor=MUTED, subtitlePadding=5)
    )


def _rows(rows: Sequence[Mapping[str, Any]]) -> Any:
    return alt.InlineData(values=[dict(row) for row in rows])


def rfm_heatmap(found: Rfm[Any], language: str = "en") -> Any:
    """Customers by score of recency and frequency: how many, and how much they spent on average."""
    words = _Words(language)
    base = alt.Chart(_rows(data.rfm_heatmap(found))).encode(
        x=alt.X("recency:O", title=words("Recency score"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("frequency:O", title=words("Frequency score"), sort="descending"),
    )
    empty = base.mark_rect(stroke="white", strokeWidth=2, color=EMPTY)
    tiles = base.transform_filter("datum.customers > 0").mark_rect(stroke="white", strokeWidth=2)
    tiles = tiles.encode(
        color=alt.Color("mean_monetary:Q", title=words("Mean amount"), scale=alt.Scale(scheme="blues")),
        tooltip=[
            alt.Tooltip("customers:Q", title=words("Customers"), format=","),
            alt.Tooltip("mean_monetary:Q", title=words("Mean amount"), format=",.2f"),
        ],
    )
    middle = max((row["mean_monetary"] or 0 for row in data.rfm_heatmap(found)), default=0) * 0.55
    counts = (
        base.transform_filter("datum.customers > 0")
        .mark_text(fontSize=12)
        .encode(
            text=alt.Text("customers:Q", format=","),
            color=alt.condition(f"datum.mean_monetary > {middle}", alt.value("white"), alt.value(INK)),
        )
    )
    return _styled((empty + tiles + counts).properties(width=320, height=320), words("Recency and frequency"))


def segment_treemap(found: Rfm[Any], language: str = "en") -> Any:
    """Segments as tiles: area by customers, colour by what they spent on average."""
    words = _Words(language)
    rows = data.segment_treemap(found)
    for row in rows:
        row["mean"] = row["monetary"] / row["customers"]
        wide, high = row["x2"] - row["x"], row["y2"] - row["y"]
        lines = [*_wrapped(row["segment"], wide - 12), f"{row['customers']:,} · {row['share']:.0%}"]
        fits = max(map(_width, lines)) <= wide - 8 and LINE * len(lines) <= high - 4
        row["label"] = "\n".join(lines) if fits else ""
        row["mx"], row["my"] = (row["x"] + row["x2"]) / 2, (row["y"] + row["y2"] - LINE * (len(lines) - 1)) / 2
    scale = alt.Scale(nice=False, zero=False)
    base = alt.Chart(_rows(rows))
    tiles = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=4).encode(
        x=alt.X("x:Q", axis=None, scale=scale),
        x2="x2:Q",
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False, reverse=True)),
        y2="y2:Q",
        color=alt.Color("mean:Q", title=words("Mean amount"), scale=alt.Scale(scheme="tealblues")),
        tooltip=[
            alt.Tooltip("segment:N", title=words("Customer segments")),
            alt.Tooltip("customers:Q", title=words("Customers"), format=","),
            alt.Tooltip("monetary:Q", title=words("Amount"), format=",.2f"),
        ],
    )
    middle = sum(row["mean"] for row in rows) / max(len(rows), 1)
    ink = alt.condition(f"datum.mean > {middle}", alt.value("white"), alt.value(INK))
    labels = base.mark_text(fontSize=12, baseline="middle", lineBreak="\n", lineHeight=LINE)
    labels = labels.encode(x="mx:Q", y="my:Q", text="label:N", color=ink)
    return _styled((tiles + labels).properties(width=600, height=360), words("Customer segments"))


def _width(text: str) -> float:
    """About how many pixels a label takes."""
    return sum(12.5 if ord(letter) > 0x2E80 else 6.6 for letter in text)


def _wrapped(text: str, most: float) -> list[str]:
    """A text in lines of at most so many pixels, where it has spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}") <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def funnel(steps: Any, language: str = "en") -> Any:
    """How far deals come, of what `crm.funnel` answers."""
    words = _Words(language)
    rows = data.funnel(steps)
    for row in rows:
        went = "" if row["conversion"] is None else f"  → {row['conversion']:.0%}"
        row["label"] = f"{row['reached']:,}{went}"
        row["from"], row["to"] = -row["reached"] / 2, row["reached"] / 2
    base = alt.Chart(_rows(rows)).encode(
        y=alt.Y("stage:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(domain=False, ticks=False))
    )
    bars = base.mark_bar(color=ACCENT, cornerRadius=3, height={"band": 0.82}).encode(
        x=alt.X("from:Q", axis=None, scale=alt.Scale(padding=70)),
        x2="to:Q",
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.45, 1]), legend=None),
        tooltip=[
            alt.Tooltip("stage:N", title=words("Stage")),
            alt.Tooltip("reached:Q", title=words("Reached"), format=","),
            alt.Tooltip("share:Q", title=words("Of the first"), format=".1%"),
        ],
    )
    labels = base.mark_text(align="left", dx=8, color=INK).encode(x="to:Q", text="label:N")
    chart = (bars + labels).properties(width=520, height=alt.Step(44))
    return _styled(
        chart, alt.TitleParams(words("Funnel"), subtitle=words("Reached, and the share of the decided that went on"))
    )


def pipeline_board(board: Board, language: str = "en") -> Any:
    """The stages of a pipeline: what lies in each, and what of it is to be expected."""
    words = _Words(language)
    rows = data.pipeline_board(board, language)
    currency = rows[0]["currency"] if rows else ""
    base = alt.Chart(_rows(rows)).encode(
        x=alt.X("stage:N", sort=[row["stage"] for row in rows], title=None, axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("amount:Q", title=f"{words('Amount')} ({currency})", axis=alt.Axis(format="~s"))
    tooltip = [
        alt.Tooltip("stage:N", title=words("Stage")),
        alt.Tooltip("deals:Q", title=words("Deals")),
        alt.Tooltip("amount:Q", title=words("Amount"), format=",.2f"),
        alt.Tooltip("weighted:Q", title=words("Weighted"), format=",.2f"),
    ]
    names = [words("Amount"), words("Weighted")]
    colour = alt.Color(
        "shown:N",
        scale=alt.Scale(domain=names, range=[PALE, ACCENT]),
        legend=alt.Legend(orient="top", title=None),
    )
    whole, part = (base.transform_calculate(shown=f"'{name}'") for name in names)
    whole = whole.mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3).encode(y=y, color=colour, tooltip=tooltip)
    part = part.mark_bar(width={"band": 0.5}).encode(y="weighted:Q", color=colour, tooltip=tooltip)
    counts = base.mark_text(dy=-8, color=INK).encode(y="amount:Q", text="deals:Q")
    return _styled((whole + part + counts).properties(width=alt.Step(96), height=300), words("Pipeline"))


def probability_alive(model: Any, T: float, max_frequency: int = 20, language: str = "en") -> Any:
    """How likely a customer of age `T` is one still, by how often and how lately he bought again."""
    words = _Words(language)
    rows = data.probability_alive(model, T, max_frequency)
    # Each tile reaches down to the one below.
    step = min(row["recency"] for row in rows)
    for row in rows:
        row["below"] = row["recency"] - step
    chart = (
        alt.Chart(_rows(rows))
        .mark_rect()
        .encode(
            x=alt.X("frequency:O", title=words("Repeat purchases"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("recency:Q", title=words("Time of the last purchase"), scale=alt.Scale(domain=[0, T], nice=False)),
            y2="below:Q",
            color=alt.Color(
                "alive:Q", title=words("Probability"), scale=alt.Scale(scheme="yellowgreenblue", domain=[0, 1])
            ),
            tooltip=[
                alt.Tooltip("frequency:O"),
                alt.Tooltip("recency:Q", format=".1f"),
                alt.Tooltip("alive:Q", format=".2f"),
            ],
        )
    )
    return _styled(chart.properties(width=420, height=320), words("Probability of being a customer still"))


def forecast_fan(
    deals: Any,
    as_of: dt.date | str,
    horizons: Sequence[int] = (15, 30, 45, 60, 75, 90),
    language: str = "en",
    **asked: Any,
) -> Any:
    """What the open deals bring by when: the middle half and the middle 80 % of the futures that are drawn."""
    words = _Words(language)
    rows = data.forecast_fan(deals, as_of, horizons, **asked)
    base = alt.Chart(_rows(rows)).encode(
        x=alt.X("date:T", title=words("Date"), axis=alt.Axis(format="%Y-%m-%d", labelAngle=0, tickCount=4))
    )
    y: dict[str, Any] = {"title": words("Won by then"), "axis": alt.Axis(format="~s")}
    wide = base.mark_area(color=ACCENT, opacity=0.18).encode(y=alt.Y("p10:Q", **y), y2="p90:Q")
    near = base.mark_area(color=ACCENT, opacity=0.35).encode(y=alt.Y("p25:Q", **y), y2="p75:Q")
    line = base.mark_line(color=ACCENT, point={"filled": True, "size": 40}).encode(
        y=alt.Y("median:Q", **y),
        tooltip=[
            alt.Tooltip("date:T"),
            *(alt.Tooltip(f"{name}:Q", format=",.0f") for name in ("p10", "median", "p90")),
        ],
    )
    chart = (wide + near + line).properties(width=520, height=300)
    return _styled(chart, alt.TitleParams(words("Forecast"), subtitle=words("Median, middle half and middle 80 %")))


def calibration_curve(found: Any, language: str = "en") -> Any:
    """What was said and what came, of a fitted scorer (out of sample) or of `crm.backtest`."""
    words = _Words(language)
    ideal = alt.Chart(_rows([{"said": 0, "came": 0}, {"said": 1, "came": 1}])).mark_line(
        color="#cbd2d9", strokeDash=[4, 4]
    )
    base = alt.Chart(_rows(data.calibration_curve(found)))
    x = alt.X("said:Q", title=words("Said"), scale=alt.Scale(domain=[0, 1]), axis=PERCENT)
    y = alt.Y("came:Q", title=words("Came"), scale=alt.Scale(domain=[0, 1]), axis=PERCENT)
    line = base.mark_line(color=ACCENT).encode(x=x, y=y)
    points = base.mark_circle(color=ACCENT, opacity=1).encode(
        x=x,
        y=y,
        size=alt.Size("rows:Q", title=words("Rows"), scale=alt.Scale(range=[20, 220])),
        tooltip=[
            alt.Tooltip("said:Q", title=words("Said"), format=".1%"),
            alt.Tooltip("came:Q", title=words("Came"), format=".1%"),
            alt.Tooltip("rows:Q", title=words("Rows"), format=","),
        ],
    )
    chart = ideal.encode(x=x, y=y) + line + points
    return _styled(chart.properties(width=340, height=340), words("Calibration"))


def cohort_retention(transactions: Any, language: str = "en", **asked: Any) -> Any:
    """Of the customers who first bought in a month, the share who bought in each month after."""
    words = _Words(language)
    # The first month is all of them: it would drown the others.
    rows = [row for row in data.cohort_retention(transactions, **asked) if row["months"] > 0]
    base = alt.Chart(_rows(rows)).encode(
        x=alt.X("months:O", title=words("Months since"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y(
            "cohort:O",
            title=words("First month"),
            axis=alt.Axis(titleAngle=0, titleAlign="right", titleX=-6, titleY=-8),
        ),
    )
    top = max((row["share"] for row in rows), default=1.0)
    tiles = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "share:Q", title=words("Share who bought"), scale=alt.Scale(scheme="blues"), legend=alt.Legend(format=".0%")
        ),
        tooltip=[
            alt.Tooltip("customers:Q", title=words("Customers"), format=","),
            alt.Tooltip("share:Q", title=words("Share who bought"), format=".1%"),
        ],
    )
    shares = base.mark_text(fontSize=10).encode(
        text=alt.Text("share:Q", format=".0%"),
        color=alt.condition(f"datum.share > {top * 0.6}", alt.value("white"), alt.value(INK)),
    )
    return _styled((tiles + shares).properties(width=alt.Step(34), height=alt.Step(26)), words("Retention"))
