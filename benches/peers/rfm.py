"""RFM by polars and duckdb over columns in memory, and the data that all run over.

rfm.py gen FOLDER CUSTOMERS            writes ids.i32, days.i32, amounts.i64: 20 purchases a customer
rfm.py run ENGINE FOLDER int|text THREADS
    prints: best seconds, CPU seconds of that run, MiB beyond the loaded columns, and the check sums
"""
import os
import sys
import time


def generate(folder, customers):
    import numpy as np

    rng = np.random.default_rng(20240607)
    rows = 20 * customers
    weight = rng.gamma(0.8, 1.0, customers)
    counts = 1 + rng.multinomial(rows - customers, weight / weight.sum())
    ids = np.repeat(np.arange(1, customers + 1, dtype=np.int32), counts)
    ids[rng.permutation(rows)].tofile(f"{folder}/ids.i32")
    rng.integers(0, 730, rows, dtype=np.int32).tofile(f"{folder}/days.i32")
    np.round(np.exp(rng.normal(3.5, 1.0, rows)) * 100).astype(np.int64).tofile(f"{folder}/amounts.i64")


def columns(folder, kind):
    import numpy as np
    import pyarrow as pa

    ids = np.fromfile(f"{folder}/ids.i32", np.int32)
    if kind == "int":
        key = pa.array(ids)
    else:
        offsets = np.arange(len(ids) + 1, dtype=np.int64) * 10
        texts = np.fromfile(f"{folder}/ids.txt", np.uint8)
        key = pa.LargeStringArray.from_buffers(len(ids), pa.py_buffer(offsets), pa.py_buffer(texts))
    days = np.fromfile(f"{folder}/days.i32", np.int32)
    amounts = np.fromfile(f"{folder}/amounts.i64", np.int64)
    return pa.table({"id": key, "day": days, "cents": amounts})


def polars(table, _threads):
    import polars as pl

    frame = pl.from_arrow(table)

    def run():
        last, count, total = pl.col("day").max().alias("R"), pl.len().alias("F"), pl.col("cents").sum().alias("M")
        by = frame.group_by("id").agg(last, count, total)
        score = [(1 + (5 * (pl.col(c).rank("min").cast(pl.Int64) - 1)) // pl.len()).alias(c) for c in "RFM"]
        by = by.with_columns(score)
        best = by.filter((pl.col("R") == 5) & (pl.col("F") == 5) & (pl.col("M") == 5)).height
        return [int(by[c].sum()) for c in "RFM"] + [best]

    return run


def duckdb(table, threads):
    import duckdb

    base = duckdb.connect(config={"threads": threads})
    base.register("columns", table)
    base.execute("create table tx as select * from columns")

    def run():
        base.execute("create or replace table g as select id, max(day) l, count(*) f, sum(cents)::bigint m from tx group by 1")
        score = ", ".join(f"1 + (5 * (rank() over (order by {v}) - 1)) // count(*) over () {c}" for v, c in zip("lfm", "RFM"))
        base.execute(f"create or replace table s as select id, {score} from g")
        sums = "select sum(R), sum(F), sum(M), count(*) filter (where R = 5 and F = 5 and M = 5) from s"
        return [int(value) for value in base.execute(sums).fetchone()]

    return run


def memory(line):
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) / 1024 for row in status if row.startswith(line))


def measure(run):
    results = []
    for _ in range(3):
        with open("/proc/self/clear_refs", "w") as peak:
            peak.write("5")
        before, cpu, start = memory("VmRSS"), time.process_time(), time.perf_counter()
        sums = run()
        results.append((time.perf_counter() - start, time.process_time() - cpu, memory("VmHWM") - before, sums))
    # A second run reuses what the first left behind: the first tells what memory it takes.
    seconds, cpu, _, sums = min(results)
    print(f"{seconds:.4f} {cpu:.3f} {results[0][2]:.0f}", *sums)


if __name__ == "__main__":
    if sys.argv[1] == "gen":
        generate(sys.argv[2], int(sys.argv[3]))
    else:
        _, _, engine, folder, kind, threads = sys.argv
        os.environ["POLARS_MAX_THREADS"] = threads  # read when polars is imported
        measure({"polars": polars, "duckdb": duckdb}[engine](columns(folder, kind), threads))
