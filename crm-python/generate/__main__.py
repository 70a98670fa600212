"""Writes `crm/_commands.py`, `crm/types.py` and `crm/records.py` from what the engine declares.

Run it with the module built: `python -m generate` in `crm-python`. With `--check` it only says whether anything would change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from crm import _crm

from . import commands, records, rust

PACKAGE = Path(__file__).parents[1] / "python/crm"


def main() -> int:
    """Writes the files; answers 1 if one would change under `--check`."""
    declared = rust.read()
    schema = json.loads(_crm.schema())
    types, doors = commands.write(declared, _crm.commands(), schema)
    files = {"types.py": types, "_doors.py": doors, "records.py": records.write(schema)}
    stale = [name for name, text in files.items() if not _same(PACKAGE / name, text)]
    if "--check" in sys.argv:
        for name in stale:
            print(f"python/crm/{name} is not what `python -m generate` writes")
        return 1 if stale else 0
    for name in stale:
        (PACKAGE / name).write_text(files[name])
        print(f"wrote {name}")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
