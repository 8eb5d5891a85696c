"""Running one benchmark on each database: a process of its own for each, because settings are of a process."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.city import DATABASES

ROOT = Path(__file__).resolve().parents[1]


def on_each(module: str, scale: str) -> list[dict[str, Any]]:
    """Return what `python -m MODULE SCALE` prints as its last line, on SQLite and, where a server answers, on PostgreSQL."""
    return [row for database in ("sqlite", "postgresql") if (row := _run(module, scale, database))]


def _run(module: str, scale: str, database: str) -> dict[str, Any] | None:
    # First: it takes the settings of the tests out of the environment, and leaves them there for the process.
    from tests.postgresql import SETTINGS, addresses_of, server_address

    home = Path(tempfile.mkdtemp(prefix=f"openclear-bench-{database}-", dir=os.environ.get("TMPDIR")))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    environment |= {
        "OPENCLEAR_HOME": str(home),
        "OPENCLEAR_WORKER": "external",
        "OPENCLEAR_PUBLIC_SITE": "external",
    }
    try:
        if database == "postgresql":
            if not (server := server_address()):
                print("No PostgreSQL server answers; that half is left out.", file=sys.stderr)
                return None
            addresses = addresses_of(server, DATABASES)
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
