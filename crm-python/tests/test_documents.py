"""What the documents show is what happens: the tutorial runs, the README's lines run, docstrings' examples hold."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest

import crm

HERE = Path(__file__).parents[1]


def test_the_tutorial_runs(monkeypatch, capsys):
    pytest.importorskip("polars")
    pytest.importorskip("altair")
    monkeypatch.chdir(HERE / "examples")
    names: dict[str, object] = {}
    for number, cell in enumerate(json.loads((HERE / "examples/tutorial.ipynb").read_text())["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    told = capsys.readouterr().out
    assert "column.null amount" in told and "Error" in told
    assert names["chart"].to_dict() and len(names["customers"]) == 400


def test_the_readme_runs(monkeypatch, tmp_path):
    pytest.importorskip("polars")
    monkeypatch.chdir(HERE.parent)
    frames, engine = re.findall(r"```python\n(.*?)```", (HERE / "README.md").read_text(), re.S)
    names: dict[str, object] = {}
    exec(compile(frames, "README.md", "exec"), names)
    assert len(names["value"]) == 400
    monkeypatch.chdir(tmp_path)
    exec(compile(engine, "README.md", "exec"), names)
    assert names["frame"].height == 1 and names["told"][-1][1] == "opportunity.advance"


@pytest.mark.parametrize("name", ["_rfm", "_clv", "_learn", "_pipeline", "_engine", "_values"])
def test_examples_in_docstrings_hold(name):
    from importlib import import_module

    found = doctest.testmod(import_module(f"crm.{name}"))
    assert found.failed == 0


def test_every_public_name_is_described():
    for name in crm.__all__:
        if not name.startswith("__"):
            assert getattr(crm, name).__doc__, name


def test_every_code_of_frames_has_a_case():
    from crm import _crm

    cases = "".join(path.read_text() for path in (HERE / "tests").glob("test_*.py"))
    for code, meaning in _crm.frame_codes():
        assert meaning and code in cases, code
