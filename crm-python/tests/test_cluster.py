"""The examples on Spark and Ray answer what one machine answers, to the bit. Run when `CRM_CLUSTER` is set, for they take a
minute and need what they need."""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import pytest

import crm

pyarrow = pytest.importorskip("pyarrow")
EXAMPLES = Path(__file__).parents[1] / "examples"
asked_for = pytest.mark.skipif("CRM_CLUSTER" not in os.environ, reason="CRM_CLUSTER is not set")


@pytest.fixture(scope="module")
def purchases():
    dice = random.Random(5)
    rows = 40_000
    return pyarrow.table({
        "customer_id": [dice.randrange(6_000) for _ in range(rows)],
        "date": pyarrow.array([20_000 + dice.randrange(700) for _ in range(rows)], pyarrow.int32()).cast(pyarrow.date32()),
        "amount": [dice.randrange(1, 99_999) / 100 for _ in range(rows)],
    })  # fmt: skip


@pytest.fixture
def examples(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


def test_parts_make_the_whole(purchases):
    whole = crm.rfm(purchases)
    parts = [crm.rfm(purchases.slice(start, 7_000), segments=None).customers for start in range(0, 40_000, 7_000)]
    found = crm.rfm_of_parts(pyarrow.concat_tables(parts))
    assert found.customers == whole.customers and found.segments == whole.segments
    texts = purchases.set_column(0, "customer_id", purchases["customer_id"].cast(pyarrow.string()))
    parts = [crm.rfm(part, segments=None).customers for part in (texts.slice(0, 9_000), texts.slice(9_000))]
    assert crm.rfm_of_parts(pyarrow.concat_tables(parts)).customers == crm.rfm(texts).customers


@asked_for
@pytest.mark.filterwarnings("default")
def test_spark_answers_the_same(purchases, examples, tmp_path):
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    import pyarrow.parquet

    import on_spark

    pyarrow.parquet.write_table(purchases, tmp_path / "p.parquet", row_group_size=5_000)
    whole = crm.rfm(purchases)
    summary, info = crm.summary_info(purchases)
    model = crm.BetaGeoModel().fit(summary)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = on_spark.session()
    try:
        frame = spark.read.parquet(str(tmp_path / "p.parquet")).repartition(5)
        found = on_spark.rfm(frame)
        assert found.customers.to_pylist() == whole.customers.to_pylist()
        plain = summary.select(["customer_id", "frequency", "recency", "T"])
        plain = plain.set_column(1, "frequency", plain["frequency"].cast(pyarrow.int64()))
        rows = on_spark.value(spark.createDataFrame(plain), model.params_, 30.0).toArrow().sort_by("customer_id")
        assert rows["purchases"].to_pylist() == model.expected_purchases(summary, 30.0).to_pylist()
        assert rows["alive"].to_pylist() == model.probability_alive(summary).to_pylist()
    finally:
        spark.stop()


@asked_for
@pytest.mark.filterwarnings("default")
def test_ray_answers_the_same(purchases, examples):
    ray = pytest.importorskip("ray")
    import on_ray

    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": ":".join([str(EXAMPLES), *sys.path])}},
    )
    try:
        assert on_ray.rfm(purchases).customers == crm.rfm(purchases).customers
        summary = crm.rfm_summary(purchases)
        model = crm.BetaGeoModel().fit(summary)
        assert on_ray.value(summary, model.params_, 30.0) == model.expected_purchases(summary, 30.0).to_pylist()
    finally:
        ray.shutdown()
