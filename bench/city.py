"""A small city of the benchmark's own, and the arithmetic of its figures."""

import atexit
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path


def new_city(people: int, incidents: int) -> Path:
    """Set up a demonstration city in a new folder and make this process a part of it."""
    home = Path(tempfile.mkdtemp(prefix="openclear-bench-"))
    os.environ["OPENCLEAR_HOME"] = str(home)
    from openclear.config.program import prepare

    prepare()
    from openclear.audit import log
    from openclear.cli.main import main

    if main(["demo", "--no-serve", "--people", str(people), "--incidents", str(incidents)], lambda: None):
        raise SystemExit("the city could not be built")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(log.stop)
    return home


def here(people: int, incidents: int) -> None:
    """Build a demonstration city in the home and the databases that the environment names, and be a part of it."""
    from openclear.config.program import prepare

    prepare()
    from openclear.audit import log
    from openclear.cli.main import main

    with redirect_stdout(sys.stderr):
        if main(["demo", "--no-serve", "--people", str(people), "--incidents", str(incidents)], lambda: None):
            raise SystemExit("the city could not be built")
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
