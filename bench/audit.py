"""What the log costs: entries through the sequencer against a plain INSERT and commit of the same bytes."""

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from bench.city import FEW, new_city, p50, p99

SIZES = {"tiny": 256, "small": 2_000, "full": 20_000}
WRITERS = (1, 16, 64)


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each number of writers, and one for verifying."""
    home = new_city(*FEW)
    return [*[_append(home, writers, SIZES[scale]) for writers in WRITERS], _verify()]


def _append(home: Path, writers: int, total: int) -> dict[str, Any]:
    from openclear.audit import log
    from openclear.audit.rows import NewEntry

    new_entry = NewEntry(
        "answer", "allow", agencies=["us.doj.fbi"], action="person.search", dataset="people", officer="frost",
        case="CZ-2026-000001", shown=["y" * 36] * 5, details={"query": "x" * 40, "address": "127.0.0.1"},
    )  # fmt: skip
    ours, ours_seconds = _many(writers, total, lambda: log.append(new_entry), log.hang_up)
    plain, plain_seconds = _many(1, total // 2, *_plain_insert(home / "plain.sqlite3"))
    return {
        "question": "append", "writers": writers, "entries": len(ours), "per_second": round(len(ours) / ours_seconds),
        "p50_ms": p50(ours), "p99_ms": p99(ours), "plain_per_second": round(len(plain) / plain_seconds), "plain_p50_ms": p50(plain),
        "p50_over_plain": round(p50(ours) / p50(plain), 2),
        "throughput_over_plain": round(len(ours) / ours_seconds / (len(plain) / plain_seconds), 2),
    }  # fmt: skip


def _plain_insert(path: Path) -> tuple[Any, Any]:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, header BLOB, body TEXT)"
    )
    return lambda: connection.execute(
        "INSERT INTO entry (header, body) VALUES (?, ?)", (b"h" * 330, "b" * 1200)
    ), lambda: None


def _many(writers: int, total: int, act: Any, finish: Any) -> tuple[list[float], float]:
    measured: list[float] = []

    def write() -> None:
        for _ in range(total // writers):
            began = time.perf_counter()
            act()
            measured.append((time.perf_counter() - began) * 1000)
        finish()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured, time.perf_counter() - began


def _verify() -> dict[str, Any]:
    import hashlib

    from openclear.audit.queries import headers, verify

    began = time.perf_counter()
    result = verify()
    seconds = time.perf_counter() - began
    lines = list(headers(result.size))
    began = time.perf_counter()
    for line in lines:
        hashlib.sha256(line).digest()
    hashing = time.perf_counter() - began
    return {
        "question": "verify with bodies", "entries": result.size, "ok": result.ok, "per_second": round(result.size / seconds),
        "seconds": round(seconds, 2), "over_hashing_alone": round(seconds / hashing, 1),
    }  # fmt: skip
