"""Cities that are built once and copied.

A built city stays in a folder that all processes of one run share, and in template databases where it is on PostgreSQL.
OPENCLEAR_TEST_CITIES=FOLDER keeps it for the next run, as .ci/run does; whoever changes the source then empties the folder.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.options import CITIES
from tests.postgresql import SETTINGS, copy_databases, make_databases

PROGRAM = [sys.executable, "-m", "openclear.config.program"]
# What belongs to a running writer of the log, not to the city.
_OF_THE_RUNNING = shutil.ignore_patterns("*.sock", "*.lock")
# The writer of the log signs and ends; no connection to a template is left.
_END = "from openclear.config.program import prepare; prepare(); from openclear.audit import log; log.stop()"
END_SECONDS = 30


# Large enough for every story; one size, so that one city serves nearly all.
PEOPLE, INCIDENTS = 600, 1500


def built(
    home: Path, people: int = PEOPLE, incidents: int = INCIDENTS, *, server: str = "", databases: str = ""
) -> None:
    """Put a city with so many people and incidents into `home`, and into `databases` where it is on a PostgreSQL server."""
    name = f"{people}_{incidents}" + ("_postgresql" if server else "")
    with _one_at_a_time(name) as template:
        if not (template / "built").exists():
            _build(template, name, people, incidents, server)
        shutil.copytree(template / "city", home, dirs_exist_ok=True, ignore=_OF_THE_RUNNING)
        if server:
            copy_databases(server, name, databases)


def _build(template: Path, name: str, people: int, incidents: int, server: str) -> None:
    shutil.rmtree(template / "city", ignore_errors=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENCLEAR_")}
    environment |= {
        "OPENCLEAR_HOME": str(template / "city"),
        "OPENCLEAR_ALLOWED_HOSTS": "testserver,127.0.0.1",
    }
    if server:
        environment |= dict(zip(SETTINGS, make_databases(server, name), strict=True))
    demo = [*PROGRAM, "demo", "--no-serve", "--people", str(people), "--incidents", str(incidents)]
    for command in (demo, [sys.executable, "-c", _END]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    _wait_for_the_last(template / "city")
    (template / "built").touch()


def _wait_for_the_last(city: Path) -> None:
    # Whoever closes a database last puts its pages away: files that vanish while they are copied end the copy.
    until = time.monotonic() + END_SECONDS
    while open_files := list(city.rglob("*.sqlite3-*")):
        assert time.monotonic() < until, f"somebody has {open_files} open"
        time.sleep(0.02)


@contextmanager
def _one_at_a_time(name: str) -> Iterator[Path]:
    folder = CITIES / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield folder
