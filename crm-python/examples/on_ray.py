"""RFM and lifetime value in Ray: `python on_ray.py purchases.parquet`.

Each task gathers a part of the purchases; one row a customer and part comes together, and is scored as on one machine, to the
bit. Needs `pip install ray pyarrow`.
"""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import ray

import crm


@ray.remote
def gather(part: pa.Table) -> pa.Table:
    """What is known of the customers of a part of the purchases."""
    return crm.rfm(part, segments=None).customers


@ray.remote
def predict(part: pa.Table, params: dict[str, float], horizon: float) -> Any:
    """The expected purchases of a part of the customers."""
    return crm.BetaGeoModel.from_params(**params).expected_purchases(part, horizon)


def cut(table: pa.Table, parts: int) -> list[pa.Table]:
    """A table in parts of about equal size."""
    step = max(-(-table.num_rows // parts), 1)
    return [table.slice(start, step) for start in range(0, table.num_rows, step)]


def rfm(purchases: pa.Table, parts: int = 8, **asked: Any) -> Any:
    """RFM of purchases with the columns `customer_id`, `date` and `amount`."""
    found = ray.get([gather.remote(part) for part in cut(purchases, parts)])
    return crm.rfm_of_parts(pa.concat_tables(found), **asked)


def value(summaries: pa.Table, params: dict[str, float], horizon: float, parts: int = 8) -> list[float]:
    """Every customer's expected purchases, by a model that was fitted anywhere."""
    found = ray.get([predict.remote(part, params, horizon) for part in cut(summaries, parts)])
    return [purchases for part in found for purchases in part.to_pylist()]


if __name__ == "__main__":
    ray.init()
    found = rfm(pyarrow.parquet.read_table(sys.argv[1]))
    for segment in found.segments:
        print(segment)
