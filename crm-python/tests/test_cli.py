"""The command line, run as people run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm import __main__ as cli
from crm import errors

PURCHASES = str(Path(__file__).parent / "data/cdnow_400.csv")


@pytest.fixture
def run(capsys):
    def run(*args):
        code = cli.main([str(arg) for arg in args])
        out, error = capsys.readouterr()
        return code, out, error

    return run


@pytest.fixture
def file(tmp_path, run):
    staff = tmp_path / "staff.csv"
    staff.write_text("登录名,姓名\nlilei,李雷\nhanmei,韩梅梅\n,没有登录名\n", encoding="utf-8")
    path = tmp_path / "crm.redb"
    code, out, error = run("import", path, "user", staff, "--new")
    assert code == 0 and "created    2" in out and "rejected   1" in out
    assert "value.required" in error
    return path


def test_a_file_is_opened_listed_verified_and_copied(file, run, tmp_path):
    code, out, _ = run("open", file)
    assert code == 0 and "user" in out and "journal at position" in out
    assert json.loads(run("open", file, "--json")[1])["records"] == {"user": 2}
    code, out, _ = run("list", file, "user", "login = 'hanmei'", "--fields", "login,name")
    assert code == 0 and out.splitlines() == ["login   name", "──────  ──────", "hanmei  韩梅梅", "1 of 1"]
    rows = json.loads(run("list", file, "user", "--sort=-login", "--json")[1])
    assert [row["login"] for row in rows] == ["lilei", "hanmei"] and rows[0]["created_at"].startswith("20")
    assert run("verify", file)[0] == 0
    assert json.loads(run("verify", file, "--json")[1])["clean"] is True
    code, out, _ = run("backup", file, tmp_path / "copy.redb")
    assert code == 0 and "copy.redb" in out
    assert json.loads(run("open", tmp_path / "copy.redb", "--json")[1])["records"] == {"user": 2}


def test_an_import_is_mapped_and_may_be_tried(file, run, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text("who,mail,x\ntom,汤姆,1\n", encoding="utf-8")
    args = ("--map", "who=login", "--map", "mail=name", "--map", "x=")
    code, out, _ = run("import", file, "user", more, *args, "--dry-run", "--json")
    assert code == 0 and json.loads(out)["created"] == 1
    assert "tom" not in run("list", file, "user")[1]
    assert run("import", file, "user", more, *args)[0] == 0
    assert "tom" in run("list", file, "user")[1]


@pytest.mark.parametrize("name", ["funnel", "churn_risks", "activity_levels", "priorities", "board"])
def test_reports_of_a_file(file, run, name):
    code, out, _ = run("report", file, name, "--json")
    assert code == 0 and json.loads(out) is not None
    code, out, _ = run("report", file, name)
    assert code == 0 and out.strip()


def test_rfm_of_a_csv_and_a_parquet_file(run, tmp_path):
    code, out, _ = run("rfm", PURCHASES)
    assert code == 0 and "champions" in out.lower() and "as of" in out
    answer = json.loads(run("rfm", PURCHASES, "--json", "--segments", "eight_cells", "--language", "zh")[1])
    assert sum(row["customers"] for row in answer["segments"]) == len(answer["customers"]) == 400
    code, out, _ = run("rfm", PURCHASES, "--customers", 3)
    assert code == 0 and "3 of 400" in out
    pytest.importorskip("pyarrow")
    for name in ("found.parquet", "found.csv"):
        assert run("rfm", PURCHASES, "--out", tmp_path / name)[0] == 0
        again = ("rfm", tmp_path / name, "--date", "last_purchase", "--amount", "monetary")
        assert "as of" in run(*again)[1]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("list", "{file}", "user", "logn = 1"), 2, "did you mean"),
        (("rfm", PURCHASES, "--customer", "who"), 2, "there is no column `who`"),
        (("rfm", "nothing.csv"), 2, "nothing.csv"),
        (("open", "nothing.redb"), 2, "there is no file"),
        (("list", "{file}", "usr"), 2, "no kind of record"),
        (("list", "{file}", "user", "--fields", "logn"), 2, "no field `logn`"),
        (("verify", PURCHASES), 2, "crm:"),
    ],
)
def test_what_goes_wrong_is_said(file, run, args, code, said):
    args = [str(arg).replace("{file}", str(file)) for arg in args]
    found = run(*args)
    assert found[0] == code and said in found[2]
    found = run(*args, "--json")
    assert found[0] == code and set(json.loads(found[1])) == {"error", "code"}


def test_a_file_is_not_made_by_mistake(run, tmp_path):
    code, _, error = run("open", tmp_path / "new.redb")
    assert code == 2 and "there is no file" in error
    assert run("open", tmp_path / "new.redb", "--new")[0] == 0


def test_tables_are_aligned_whatever_the_script():
    lines = cli.table([{"name": "李雷", "n": 1}, {"name": "Tom", "n": 1200}]).splitlines()
    assert lines[2:] == ["李雷      1", "Tom   1,200"]
    assert cli.table([]) == "(nothing)"
    assert cli.width("é李") == 3


def test_codes_with_zeros_stay_texts(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("customer_id,date,amount\n007,2026-01-01,1.5\n008,2026-01-02,\n")
    frame = cli.read_frame(path)
    assert frame["customer_id"] == ["007", "008"] and frame["amount"][1] is None
    path.write_text("a,b\n1\n")
    with pytest.raises(errors.InvalidError, match="line 2"):
        cli.read_frame(path)
