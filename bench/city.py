"""A small city of the benchmark's own, and the arithmetic of its figures.

Cities come from `tests/cities.py`: each size is built once and copied, and stays for the next where OPENCLEAR_TEST_CITIES names a folder.
"""

import atexit
import http.client
import os
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# People and incidents of the cities that the tests build as well: where a benchmark only needs somebody to be there, and
# where it asks for them.
FEW, SOME = (60, 60), (600, 1500)
# The name of the databases on PostgreSQL.
DATABASES = "bench"


def new_city(people: int, incidents: int) -> Path:
    """Set up a demonstration city in a new folder and make this process a part of it."""
    home = Path(tempfile.mkdtemp(prefix="openclear-bench-"))
    os.environ["OPENCLEAR_HOME"] = str(home)
    here(people, incidents)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def here(people: int, incidents: int) -> None:
    """Put a demonstration city into the home and the databases that the environment names, and be a part of it."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith("OPENCLEAR_")}
    from tests.cities import built
    from tests.options import SERVER  # takes all settings out of the environment

    os.environ |= {name: value for name, value in chosen.items() if not name.startswith("OPENCLEAR_TEST_")}
    server = SERVER if "OPENCLEAR_DATABASE" in chosen else ""
    built(Path(chosen["OPENCLEAR_HOME"]), people, incidents, server=server, databases=DATABASES)
    from openclear.config.program import prepare

    prepare()
    from openclear.audit import log

    atexit.register(log.stop)


def times_ms(act: Callable[[], object], count: int) -> list[float]:
    """Return how long each of `count` calls took, in milliseconds, after a tenth as many that do not count."""
    for _ in range(max(1, count // 10)):
        act()
    measured = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        measured.append((time.perf_counter() - began) * 1000)
    return measured


def p50(values: list[float]) -> float:
    """Return the median."""
    return round(statistics.median(values), 3)


def p99(values: list[float]) -> float:
    """Return the 99th percentile."""
    return round(statistics.quantiles(values, n=100)[98], 3)


def numbered(rows: int) -> tuple[str, str]:
    """Return a source of the numbers `n` from 1 to `rows`, and an id made of `n`, as SQL of this process's database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        identity = "('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
        return f"(SELECT n FROM generate_series(1, {rows}) AS n) AS s", identity
    recursive = (
        f"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {rows}) SELECT n FROM r"
    )
    return f"({recursive})", "printf('000000000000400080000000%08x', n)"


def sign_in(port: int, officer: str) -> str:
    """Sign an officer of the demonstration in and return their cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sign-in")
    first = connection.getresponse()
    page = first.read().decode()
    csrf = str(first.getheader("Set-Cookie")).split(";")[0]
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = f"csrfmiddlewaretoken={token}&officer={officer}"
    headers = {"Cookie": csrf, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    response = connection.getresponse()
    cookies = [value.split(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
    return "; ".join([csrf, *cookies])


def wait_for(port: int) -> None:
    """Wait until a server answers at a port."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise SystemExit("a server of the benchmark did not start")


def drop_indexes(table: str) -> list[str]:
    """Drop a table's indexes, and return the statements that make them again: filling is quicker without."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%pkey'",
                [table],
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND type = 'index' AND sql IS NOT NULL",
                [table],
            )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]
