"""RFM and lifetime value in Spark: `python on_spark.py purchases.parquet`.

Spark moves Arrow batches, the engine's module works on them in the executors. Purchases are gathered where they lie; one row
a customer and part comes together, and is scored as on one machine, to the bit.

Needs Java 17 and `pip install pyspark pyarrow`. `local-cluster[2,1,1024]` runs two real executors on this machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

import crm

PARTS = "customer_id long, last_purchase date, frequency long, monetary double"
VALUES = "customer_id long, alive double, purchases double"


def session(master: str = "local-cluster[2,1,1024]") -> SparkSession:
    """A session whose executors use this interpreter."""
    builder = SparkSession.builder.master(master).appName("crm")
    for name, value in {
        "spark.pyspark.python": sys.executable,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.executorEnv.PYTHONPATH": ":".join(path for path in sys.path if path),
    }.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def gather(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What is known of the customers of a partition."""
    table = pa.Table.from_batches(list(batches)) if batches is not None else None
    if table is None or not table.num_rows:
        return
    found: Any = crm.rfm(table, segments=None).customers
    part = found.select(["customer_id", "last_purchase", "frequency", "monetary"])
    yield from part.cast(pa.schema({
        "customer_id": pa.int64(), "last_purchase": pa.date32(), "frequency": pa.int64(), "monetary": pa.float64(),
    })).to_batches()  # fmt: skip


def rfm(purchases: DataFrame, **asked: Any) -> Any:
    """RFM of purchases with the columns `customer_id`, `date` and `amount`, wherever they lie."""
    parts = purchases.mapInArrow(some(gather), PARTS).toArrow()
    return crm.rfm_of_parts(parts, **asked)


def some(work: Any) -> Any:
    """The work, but for partitions without a batch."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        given = [batch for batch in batches if batch.num_rows]
        if given:
            yield from work(iter(given))

    return run


def value(summaries: DataFrame, params: dict[str, float], horizon: float) -> DataFrame:
    """Every customer's probability of being one still and expected purchases, by a model that was fitted anywhere."""

    def predict(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        model = crm.BetaGeoModel.from_params(**params)
        for batch in batches:
            table = pa.Table.from_batches([batch])
            columns = {
                "customer_id": table["customer_id"],
                "alive": model.probability_alive(table),
                "purchases": model.expected_purchases(table, horizon),
            }
            yield from pa.table(columns).to_batches()

    return summaries.mapInArrow(some(predict), VALUES)


if __name__ == "__main__":
    with session() as spark:
        found = rfm(spark.read.parquet(sys.argv[1]))
        for segment in found.segments:
            print(segment)
