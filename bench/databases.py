"""Running one benchmark on each database: a process of its own for each, because settings are of a process."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def on_each(module: str, scale: str) -> list[dict[str, Any]]:
    """Return what `python -m MODULE SCALE` prints as its last line, on SQLite and, where a server answers, on PostgreSQL."""
    return [row for database in ("sqlite", "postgresql") if (row := _run(module, scale, database))]


def _run(module: str, scale: str, database: str) -> dict[str, Any] | None:
    home = Path(tempfile.mkdtemp(prefix=f"openclear-bench-{database}-", dir=os.environ.get("TMPDIR")))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    environment |= {
        "OPENCLEAR_HOME": str(home),
        "OPENCLEAR_WORKER": "external",
        "OPENCLEAR_PUBLIC_SITE": "external",
    }
    try:
        if database == "postgresql" and not (addresses := _addresses()):
            print("No PostgreSQL server answers; that half is left out.", file=sys.stderr)
            return None
        if database == "postgresql":
            from tests.postgresql import SETTINGS

            environment |= dict(zip(SETTINGS, addresses, strict=True))
        done = subprocess.run(
            [sys.executable, "-m", module, scale, database],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return dict(json.loads(done.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _addresses() -> list[str] | None:
    from tests.postgresql import make_databases, server_address

    server = server_address()
    return make_databases(server, "bench") if server else None
