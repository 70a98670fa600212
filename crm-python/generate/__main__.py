"""Writes `crm/types/`, `crm/records/` and `crm/_doors/` from what the engine declares.

Run it with the module built: `python -m generate` in `crm-python`. With `--check` it only says whether anything would change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from crm import _crm

from . import doors, records, rust, types

# Views that answer records, which `crm/_answers.py` knows.
BY_HAND = ("customer_view", "timeline")
PACKAGE = Path(__file__).parents[1] / "python/crm"


def main() -> int:
    """Writes the files; answers 1 if one would change under `--check`."""
    declared = rust.read()
    schema = json.loads(_crm.schema())
    known = types.Types(declared)
    commands = [declared.commands[name] for name in sorted(_crm.commands())]
    views = [declared.views[name] for name in sorted(_crm.views()) if name not in BY_HAND]
    files = doors.write(commands, views, schema, known)
    files |= types.write(known) | records.write(schema, declared.rooms)
    stale = [name for name, text in files.items() if not _same(PACKAGE / name, text)]
    written = {PACKAGE / name for name in files}
    left = [path for folder in ("types", "records", "_doors") for path in (PACKAGE / folder).glob("*.py")]
    left = [path for path in left if path not in written]
    if "--check" in sys.argv:
        for name in [*stale, *left]:
            print(f"python/crm/{name} is not what `python -m generate` writes")
        return 1 if stale or left else 0
    for path in left:
        path.unlink()
    for name in stale:
        (PACKAGE / name).parent.mkdir(exist_ok=True)
        (PACKAGE / name).write_text(files[name])
        print(f"wrote {name}")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
