"""What tests share: data, and one frame in every library's own form."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def cdnow() -> dict[str, list[Any]]:
    """Purchases of 400 customers, as columns."""
    with (HERE / "data/cdnow_400.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {
        "customer_id": [int(row["customer_id"]) for row in rows],
        "date": [dt.date.fromisoformat(row["date"]) for row in rows],
        "amount": [float(row["amount"]) for row in rows],
    }


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data and reference answers, beside the workspace or where `CRM_SHARED` says."""
    beside = HERE.parent.parent.parent / "shared"
    folder = Path(os.environ.get("CRM_SHARED", beside))
    if not (folder / "data/cdnow").is_dir():
        pytest.skip(f"there is no folder {folder}")
    return folder


def polars(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(columns)


def pandas(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pandas").DataFrame(columns)


def pyarrow(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pyarrow").table(columns)


def duckdb(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("duckdb").from_arrow(pyarrow(columns))


def narwhals(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("narwhals").from_native(polars(columns))


def arro3(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("arro3.core").Table.from_arrow(pyarrow(columns))


def daft(columns: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("daft").from_arrow(pyarrow(columns))


MAKERS = {
    "arro3": arro3,
    "daft": daft,
    "duckdb": duckdb,
    "narwhals": narwhals,
    "pandas": pandas,
    "polars": polars,
    "pyarrow": pyarrow,
}


@pytest.fixture(params=sorted(MAKERS))
def make(request: pytest.FixtureRequest) -> Any:
    """Makes a frame of columns, in each library in turn."""
    return MAKERS[request.param]
