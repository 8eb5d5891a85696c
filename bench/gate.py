"""What the gate costs on millions of people: the filter against raw SQL, the whole gate against one durable INSERT.

Filter: the statement that the ORM makes under a clearance against the same statement without the clearance, both sent
as SQL, in turn, so that neither the ORM nor a warm cache is measured. Gate: open, decide, log and release an empty
answer, 100 times a second, in turn with one INSERT through the ORM that is as durable as the log.
"""

import random
import statistics
import time
from typing import Any

from bench.city import p99
from bench.databases import on_each

DEFAULT_SCALE = "full"
PEOPLE = {"tiny": 4_000, "small": 100_000, "full": 5_000_000}
PAIRS = {"point": 3000, "name": 150, "count": 30}
PACED, RATE = 1500, 100
# In the smallest form each measurement is only made, and says nothing.
SHARE = {"tiny": 0.05, "small": 1.0, "full": 1.0}


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each database."""
    return on_each("bench.gate_trials", scale)


def ratio_of(raw: Any, filtered: Any, pairs: int) -> float:
    """Return how much longer `filtered` takes than `raw`: the median over pairs, in random order within each."""
    times: dict[Any, list[float]] = {raw: [], filtered: []}
    for _ in range(pairs):
        for act in random.sample([raw, filtered], 2):
            began = time.perf_counter()
            act()
            times[act].append(time.perf_counter() - began)
    return round(statistics.median(times[filtered]) / statistics.median(times[raw]), 3)


def paced(acts: list[Any], times_each: int) -> list[list[float]]:
    """Return how long each act took, in ms, each done `times_each` times in turn at `RATE` starts a second."""
    times: list[list[float]] = [[] for _ in acts]
    start = time.perf_counter()
    for number in range(times_each * len(acts)):
        wait = start + number / (RATE * len(acts)) - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        began = time.perf_counter()
        acts[number % len(acts)]()
        times[number % len(acts)].append((time.perf_counter() - began) * 1000)
    return times


def gate_ratios(gate: Any, insert: Any, times_each: int) -> dict[str, float]:
    """Return by how much the gate's p50 and p99 exceed those of one INSERT."""
    through, one = paced([gate, insert], times_each)
    return {
        "gate_p50_over_insert": round(statistics.median(through) / statistics.median(one), 2),
        "gate_p99_over_insert": round(p99(through) / p99(one), 2),
        "gate_p50_ms": round(statistics.median(through), 3),
        "gate_p99_ms": p99(through),
        "insert_p50_ms": round(statistics.median(one), 3),
        "insert_p99_ms": p99(one),
    }
