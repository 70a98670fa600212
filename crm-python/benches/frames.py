"""Speed on frames, each beside what people use today, in the same run: ratios are what count.

    pip install maturin && maturin develop --release -m crm-python/Cargo.toml --extras test
    python crm-python/benches/frames.py [--rows 20000000] [--customers 1000000] [--records 1000000]

`lifetimes` is tried when it is installed. The best of several runs is told, in seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy
import polars as pl

import crm


def best(work: Any, runs: int = 3) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def say(what: str, ours: float, theirs: dict[str, float]) -> None:
    """A line of the report."""
    beside = "  ".join(f"{name} {seconds:.3f} s ({seconds / ours:.1f}×)" for name, seconds in theirs.items())
    print(f"{what:<34} crm {ours:.4f} s  {beside}", flush=True)


def purchases(rows: int, customers: int) -> pl.DataFrame:
    """Purchases of customers who differ in how often they buy."""
    dice = numpy.random.default_rng(1)
    ids = (dice.power(0.6, rows) * customers).astype("i8")
    days = dice.integers(19_000, 19_730, rows, dtype="i4")
    cents = dice.integers(100, 100_000, rows, dtype="i8")
    return pl.DataFrame({"customer_id": ids, "date": pl.Series(days).cast(pl.Date), "amount": cents / 100})


def by_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """The same RFM in polars expressions: recency, frequency, sum, and scores by rank."""
    as_of = frame["date"].max() + dt.timedelta(days=1)
    grouped = (
        frame.lazy()
        .group_by("customer_id")
        .agg(
            pl.col("date").max().alias("last_purchase"),
            pl.len().alias("frequency"),
            pl.col("amount").sum().alias("monetary"),
        )
    )
    n = pl.len()
    scored = grouped.with_columns(
        (pl.lit(as_of) - pl.col("last_purchase")).dt.total_days().alias("recency")
    ).with_columns(
        (1 + 5 * ((-pl.col("recency")).rank("min") - 1) // n).cast(pl.UInt8).alias("r_score"),
        (1 + 5 * (pl.col("frequency").rank("min") - 1) // n).cast(pl.UInt8).alias("f_score"),
        (1 + 5 * (pl.col("monetary").rank("min") - 1) // n).cast(pl.UInt8).alias("m_score"),
    )
    return scored.sort("customer_id").collect()


def by_pandas(frame: Any) -> Any:
    """The same RFM in pandas."""
    as_of = frame["date"].max() + dt.timedelta(days=1)
    found = frame.groupby("customer_id").agg(
        last=("date", "max"), frequency=("date", "size"), monetary=("amount", "sum")
    )
    found["recency"] = (as_of - found["last"]).dt.days
    n = len(found)
    for name, values in (("r", -found["recency"]), ("f", found["frequency"]), ("m", found["monetary"])):
        found[f"{name}_score"] = 1 + 5 * (values.rank(method="min") - 1) // n
    return found


def rfm(rows: int) -> None:
    """A polars frame through RFM and back."""
    frame = purchases(rows, 1_000_000)
    ours = best(lambda: crm.rfm(frame, segments=None))
    theirs = {"polars": best(lambda: by_polars(frame))}
    check = by_polars(frame)
    found = crm.rfm(frame, segments=None).customers
    assert (found["r_score"] == check["r_score"]).all() and (found["f_score"] == check["f_score"]).all()
    slow = frame.to_pandas()
    slow["date"] = slow["date"].astype("datetime64[s]")
    theirs["pandas"] = best(lambda: by_pandas(slow), 1)
    say(f"RFM, {rows:,} rows, integer ids", ours, theirs)
    texts = frame.with_columns(pl.col("customer_id").cast(pl.String))
    say(
        f"RFM, {rows:,} rows, text ids",
        best(lambda: crm.rfm(texts, segments=None)),
        {"polars": best(lambda: by_polars(texts), 1)},
    )
    say("hand-over of the frame", best(lambda: crm.Table.from_arrow(frame), 10), {})
    table = crm.Table.from_arrow(frame)
    say("hand-over back", best(lambda: pl.DataFrame(table), 10), {})


def histories(customers: int) -> tuple[Any, Any, Any]:
    """Histories in weeks by the BG/NBD process with the parameters of CDNOW, observed by the day."""
    dice = numpy.random.default_rng(2)
    rate = dice.gamma(0.243, 1 / 4.414, customers)
    leaves = dice.beta(0.793, 2.426, customers)
    T = dice.integers(27 * 7, 2 * 52 * 7, customers) / 7
    frequency, recency = numpy.zeros(customers), numpy.zeros(customers)
    at, there = numpy.zeros(customers), numpy.ones(customers, bool)
    while there.any():
        at[there] += dice.exponential(1 / numpy.maximum(rate[there], 1e-12))
        there &= at <= T
        frequency[there] += 1
        recency[there] = at[there]
        there &= dice.random(customers) >= leaves
    recency = numpy.where(frequency > 0, numpy.minimum((recency * 7).round().clip(1) / 7, T), 0)
    return frequency, recency, T


def lifetime_value(customers: int) -> None:
    """BG/NBD, Gamma-Gamma and the value of twelve months, fitted and predicted for every customer."""
    frequency, recency, T = histories(customers)
    dice = numpy.random.default_rng(3)
    spend = dice.gamma(6.25, 1 / dice.gamma(3.74, 1 / 15.44, customers)).clip(0.5).round(2)
    monetary = numpy.where(frequency > 0, spend, 0.0)
    frame = pl.DataFrame({"frequency": frequency, "recency": recency, "T": T, "monetary_value": monetary})

    def ours() -> Any:
        model, spend = crm.BetaGeoModel().fit(frame), crm.GammaGammaModel().fit(frame)
        return model.customer_lifetime_value(spend, frame, periods=12, period_length=52 / 12, discount_rate=0.01)

    theirs: dict[str, float] = {}
    try:
        from lifetimes import BetaGeoFitter, GammaGammaFitter

        def peers() -> Any:
            f, r, t, m = (frame[name].to_pandas() for name in frame.columns)
            model = BetaGeoFitter().fit(f, r, t)
            again = f > 0
            spend = GammaGammaFitter().fit(f[again], m[again])
            return spend.customer_lifetime_value(model, f, r, t, m, time=12, discount_rate=0.01, freq="W")

        theirs["lifetimes"] = best(peers, 1)
    except ImportError:
        print("lifetimes is not installed")
    say(f"lifetime value, {customers:,} customers", best(ours), theirs)


def store(records: int) -> None:
    """Opportunities out of a file into a polars frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        numbers = range(records)
        pl.DataFrame({
            "name": [f"Deal {n}" for n in numbers],
            "amount": [f"{n % 99_999}.50 CNY" for n in numbers],
            "close_on": [f"2026-{1 + n % 12:02}-{1 + n % 28:02}" for n in numbers],
        }).write_csv(path)  # fmt: skip
        with crm.open(Path(folder) / "crm.redb") as engine:
            start = time.perf_counter()
            report = engine.import_csv("opportunity", path)
            print(f"({report.created:,} records came in within {time.perf_counter() - start:.0f} s)", flush=True)
            deals = engine.opportunity.list()
            for fields in (["name", "amount", "close_on", "state"], None):
                seconds = best(lambda fields=fields: deals.to_polars(fields))
                what = "all fields" if fields is None else f"{len(fields)} fields"
                print(
                    f"{report.created:,} opportunities, {what:<12} {seconds:.3f} s, {report.created / seconds:,.0f} rows/s",
                    flush=True,
                )


def importing() -> None:
    """`import crm` in a fresh interpreter."""
    code = "import time; a = time.perf_counter(); import crm; print(time.perf_counter() - a)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout) for _ in range(5)
    ]
    print(f"import crm: {min(times) * 1000:.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    args = parser.parse_args()
    # Nothing is run that 0 is asked of.
    importing()
    if args.rows:
        rfm(args.rows)
    if args.customers:
        lifetime_value(args.customers)
    if args.records:
        store(args.records)
