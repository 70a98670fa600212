"""The command line: `crm open FILE`, `crm list FILE lead "state = 'new'"`, `crm rfm purchases.csv`, …"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import _frames
from ._html import cell
from ._record import columns_of
from .errors import CrmError, InvalidError

Rows = list[dict[str, Any]]


def width(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    marks = sum(unicodedata.combining(letter) != 0 for letter in text)
    return len(text) + wide - marks


def table(rows: Rows) -> str:
    """Rows as a table of aligned columns, numbers to the right."""
    if not rows:
        return "(nothing)"
    names = list(rows[0])
    numbers = {n for n in names if all(isinstance(r.get(n), (int, float, Decimal, type(None))) for r in rows)}
    cells = [[_short(cell(row.get(name))) for name in names] for row in rows]
    widths = [max(width(line[place]) for line in [names, *cells]) for place in range(len(names))]

    def line(texts: Sequence[str]) -> str:
        parts = []
        for name, text, wide in zip(names, texts, widths, strict=True):
            gap = " " * (wide - width(text))
            parts.append(gap + text if name in numbers else text + gap)
        return "  ".join(parts).rstrip()

    return "\n".join([line(names), "  ".join("─" * wide for wide in widths), *map(line, cells)])


def _short(text: str, most: int = 48) -> str:
    text = " ".join(text.split())
    while width(text) > most:
        text = text[: max(len(text) - 4, 1)].rstrip() + "…"
        if len(text) <= 2:
            break
    return text


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    return str(value)


def named(value: Any) -> Any:
    """Data in which tuples with names are told by them."""
    if isinstance(value, dict):
        return {name: named(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [named(inner) for inner in value]
    return value._asdict() if hasattr(value, "_asdict") else value


class Output:
    """Where results go: a table for people, or JSON."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def rows(self, rows: Rows, more: str = "") -> None:
        """A list of rows."""
        if self.as_json:
            self.data(rows)
        else:
            print(table(rows))
            if more:
                print(more)

    def data(self, found: Any) -> None:
        """Anything, as JSON."""
        print(json.dumps(named(found), ensure_ascii=False, default=plain, indent=2))

    def facts(self, facts: dict[str, Any]) -> None:
        """Names and values."""
        if self.as_json:
            self.data(facts)
        else:
            wide = max(map(width, facts), default=0)
            for name, value in facts.items():
                print(f"{name}{' ' * (wide - width(name))}  {cell(value)}")


class Progress:
    """A line on the error output that tells how far a long run is; silent where nobody looks."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.shown = sys.stderr.isatty()

    def __call__(self, rows: int, rejected: int, read: int) -> bool:
        if self.shown:
            part = min(read / self.total, 1.0)
            bar = "█" * int(part * 30)
            print(f"\r{bar:<30} {part:4.0%}  {rows:,} rows, {rejected:,} rejected", end="", file=sys.stderr)
        return True

    def end(self) -> None:
        """Ends the line."""
        if self.shown:
            print(file=sys.stderr)


def _session(args: argparse.Namespace) -> Any:
    import crm

    if not args.new and not Path(args.file).exists():
        raise InvalidError(f"there is no file {args.file} (--new makes one)", "cli.no_file")
    engine = crm.open(args.file)
    return engine, engine if args.actor is None else engine.session(args.actor)


def run_open(args: argparse.Namespace, out: Output) -> int:
    """What a file holds."""
    from .records import KINDS

    engine, session = _session(args)
    with engine:
        counts = {kind: getattr(session, kind).count() for kind in KINDS}
        rows = [{"kind": kind, "records": count} for kind, count in counts.items() if count]
        if out.as_json:
            out.data({"position": engine.position, "records": {row["kind"]: row["records"] for row in rows}})
        else:
            out.rows(rows, f"journal at position {engine.position}")
    return 0


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Rows of a CSV file become records."""
    columns = dict(given.partition("=")[::2] for given in args.map)
    engine, session = _session(args)
    with engine:
        progress = Progress(Path(args.csv).stat().st_size)
        report = session.import_csv(
            args.kind,
            args.csv,
            source=args.source,
            columns={heading: field or None for heading, field in columns.items()},
            ignore_rest=args.ignore_rest,
            duplicates=args.duplicates,
            key=args.key,
            dry_run=args.dry_run,
            progress=progress,
        )
        progress.end()
    if out.as_json:
        out.data({name: getattr(report, name) for name in report.__dataclass_fields__})
    else:
        names = ("rows", "created", "updated", "merged", "unchanged", "skipped", "rejected")
        out.facts({name: getattr(report, name) for name in names})
        for rejection in report.rejections[:20]:
            print(json.dumps(rejection, ensure_ascii=False), file=sys.stderr)
    return 1 if report.stopped or report.cancelled else 0


def run_list(args: argparse.Namespace, out: Output) -> int:
    """Records of a kind."""
    engine, session = _session(args)
    with engine:
        room = getattr(session, args.kind, None)
        if room is None or not hasattr(room, "list"):
            raise InvalidError(f"no kind of record is called {args.kind}", "query.kind")
        listed = room.list(args.filter, sort=args.sort, limit=args.limit)
        records = list(listed)
        found = [record.to_dict() for record in records]
        if args.fields:
            fields = args.fields.split(",")
            known = {"id", "revision", *(field["name"] for field in room.fields())}
            if unknown := [name for name in fields if name not in known]:
                raise InvalidError(f"{args.kind} has no field `{unknown[0]}`", "field.unknown")
        elif out.as_json:
            fields = list(dict.fromkeys(name for row in found for name in row))
        else:
            fields = columns_of(records, 8)
        rows = [{name: row.get(name) for name in fields} for row in found]
        out.rows(rows, f"{len(rows)} of {listed.count()}")
    return 0


def run_report(args: argparse.Namespace, out: Output) -> int:
    """An analysis of what a file holds."""
    asked = {"filter": args.filter} if args.filter else {}
    engine, session = _session(args)
    with engine:
        found = session.view(args.name, asked)
    if out.as_json:
        out.data(found)
    else:
        _tell(found, out)
    return 0


def _tell(found: Any, out: Output) -> None:
    """An analysis for people: its single figures, then its tables."""
    if isinstance(found, list):
        return out.rows([_flat(row) for row in found[:30]])
    single = {name: value for name, value in found.items() if not isinstance(value, (list, dict))}
    for value in found.values():
        if isinstance(value, dict):
            single.update({name: inner for name, inner in value.items() if not isinstance(inner, (list, dict))})
    if single:
        out.facts(single)
    for name, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"\n{name}")
            out.rows([_flat(row) for row in value[:30]])
    return None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            flat[name] = f"{value['amount']} {value['currency']}"
        elif isinstance(value, dict):
            flat.update({inner: found for inner, found in value.items() if not isinstance(found, (list, dict))})
        elif not isinstance(value, list):
            flat[name] = value
    return flat


def read_frame(path: Path) -> Any:
    """A CSV or Parquet file as a frame, by whatever library is there."""
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            import pyarrow.parquet

            return pyarrow.parquet.read_table(path)
        except ImportError:
            import polars

            return polars.read_parquet(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        heading = next(rows, [])
        columns: list[list[str]] = [[] for _ in heading]
        for number, row in enumerate(rows, 2):
            if len(row) != len(heading):
                raise InvalidError(f"{path}, line {number}: {len(row)} cells, not {len(heading)}", "cli.csv")
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return {name: _typed(column) for name, column in zip(heading, columns, strict=True)}


def _typed(column: list[str]) -> list[Any]:
    """A column of texts as whole numbers or decimals where all of them are; codes with leading zeros stay texts."""
    if any(len(text) > 1 and text[0] == "0" and text[1] != "." for text in column):
        return list(column)
    for kind in (int, Decimal):
        try:
            return [kind(text) if text else None for text in column]
        except (ValueError, ArithmeticError):
            continue
    return [text or None for text in column]


def run_rfm(args: argparse.Namespace, out: Output) -> int:
    """RFM of a CSV or Parquet file of purchases."""
    import crm

    found: Any = crm.rfm(
        read_frame(Path(args.path)),
        customer_id_col=args.customer,
        datetime_col=args.date,
        monetary_value_col=None if args.amount == "" else args.amount,
        as_of=args.as_of,
        bins=args.bins,
        method=args.method,
        segments=None if args.segments == "none" else args.segments,
        language=args.language,
        returns=args.returns,
    )
    if args.out:
        _write(found.customers, Path(args.out))
    if args.customers or out.as_json:
        columns = _frames.to_dict(found.customers)
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    if out.as_json:
        out.data({"as_of": found.as_of, "segments": found.segments, "customers": rows})
    elif args.customers:
        out.rows(rows[: args.customers], f"{min(len(rows), args.customers)} of {len(rows)}")
    else:
        shown = [{**row, "share": f"{row['share']:.1%}"} for row in found.segments if row["customers"]]
        out.rows(shown, f"as of {found.as_of}")
    return 0


def _write(frame: Any, path: Path) -> None:
    columns = _frames.to_dict(frame)
    if path.suffix.lower() in (".parquet", ".pq"):
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(_frames.stream(frame)), path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def run_verify(args: argparse.Namespace, out: Output) -> int:
    """Proves what a file holds."""
    engine, _ = _session(args)
    with engine:
        found = engine.verify()
    if out.as_json:
        out.data({**vars(found), "clean": found.is_clean})
    else:
        facts = {"records": sum(found.records.values()), "index entries": found.entries, "journal": found.journal}
        out.facts({**facts, "wrong": found.wrong})
        for finding in found.findings[:50]:
            print(finding, file=sys.stderr)
    return 0 if found.is_clean else 1


def run_backup(args: argparse.Namespace, out: Output) -> int:
    """Copies a file while it may be in use by this process alone."""
    engine, _ = _session(args)
    with engine:
        engine.backup(args.to)
    out.facts({"written": args.to, "bytes": Path(args.to).stat().st_size})
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    from . import __version__

    top = argparse.ArgumentParser(prog="crm", description="An embeddable CRM engine, at the command line.")
    top.add_argument("--version", action="version", version=f"crm {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace, Output], int], on_file: bool = True) -> Any:
        made = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        made.set_defaults(run=run)
        made.add_argument("--json", action="store_true", help="answer in JSON")
        if on_file:
            made.add_argument("file", help="the file, such as crm.redb")
            made.add_argument("--actor", help="a user's id: show what he sees")
            made.add_argument("--new", action="store_true", help="make the file if there is none")
        return made

    command("open", run_open)
    made = command("import", run_import)
    made.add_argument("kind", help="the kind of record: lead, customer, contact …")
    made.add_argument("csv")
    made.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="HEADING=FIELD",
        help="where a column goes; nothing after = leaves it out",
    )
    made.add_argument("--ignore-rest", action="store_true", help="leave out columns that name no field")
    made.add_argument("--source", help="the name under which rows are known again")
    made.add_argument("--duplicates", default="by_rule", choices=["by_rule", "skip", "update", "merge", "reject"])
    made.add_argument("--key", action="append", default=[], help="a field by which a row finds its record")
    made.add_argument("--dry-run", action="store_true", help="say what would be, and change nothing")
    made = command("list", run_list)
    made.add_argument("kind")
    made.add_argument("filter", nargs="?", help="criteria: \"state = 'new' and amount > 10000\"")
    made.add_argument("--sort", default=(), help="a field; --sort=-amount for greatest first")
    made.add_argument("--limit", type=int, default=20)
    made.add_argument("--fields", help="fields, with commas between them")
    made = command("report", run_report)
    reports = ["funnel", "forecast", "rfm", "lifetime_values", "churn_risks", "activity_levels", "priorities", "board"]
    made.add_argument("name", choices=reports)
    made.add_argument("filter", nargs="?")
    made = command("rfm", run_rfm, on_file=False)
    made.add_argument("path", help="a CSV or Parquet file with one row a purchase")
    made.add_argument("--customer", default="customer_id", help="the column of customers")
    made.add_argument("--date", default="date", help="the column of dates")
    made.add_argument("--amount", default="amount", help="the column of amounts; empty for none")
    made.add_argument("--as-of", help="the day to reckon from; the day after the last purchase by default")
    made.add_argument("--bins", type=int, default=5)
    made.add_argument("--method", default="ranks", choices=["ranks", "ntile"])
    made.add_argument("--segments", default="international", choices=["international", "eight_cells", "none"])
    made.add_argument("--language", default="en", choices=["en", "zh", "code"])
    made.add_argument("--returns", action="store_true", help="take amounts below zero")
    made.add_argument("--customers", type=int, metavar="N", help="show the first N customers rather than segments")
    made.add_argument("--out", help="write the customers to a CSV or Parquet file")
    command("verify", run_verify)
    made = command("backup", run_backup)
    made.add_argument("to")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; answers the exit code: 0, 1 when something is wrong, 2 when it can't be asked so."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args, Output(args.json)))
    except (CrmError, OSError, ImportError) as error:
        code = getattr(error, "code", type(error).__name__)
        if args.json:
            print(json.dumps({"error": str(error), "code": code}, ensure_ascii=False))
        else:
            print(f"crm: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
