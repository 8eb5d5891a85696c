"""How long a command takes as a whole process, against a bare Django program that asks the same database one statement.

The city is served meanwhile, as an administrator finds it. Each round runs every command once, so a slow moment of the
machine meets all of them.
"""

import os
import statistics
import subprocess
import sys
import time
from typing import Any

from bench.city import SOME, new_city, p50, wait_for
from tests.cities import PROGRAM
from tests.ports import free_port

SIZES = {"tiny": SOME, "small": (3_000, 6_000), "full": (22_000, 62_000)}
ROUNDS = {"tiny": 2, "small": 7, "full": 25}
SIGNED = ("--by", "novak", "--approved-by", "adler")
ORDER = ("cut-off", "us.dhs.ice", "--ground", "Mayor's order of 10 July 2019", *SIGNED)
# The least that a program of this kind does: settings and rooms of Django, its own tables, one statement.
BARE = """
import sqlite3, sys, django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"])
django.setup()
sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM records_person").fetchall()
"""
Commands = dict[str, list[str]]


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each command, and one of the bare program: p50 and p95 in ms, p50 over the bare program's."""
    home = new_city(*SIZES[scale])
    port = free_port()
    server = subprocess.Popen([*PROGRAM, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    times: dict[str, list[float]] = {}
    try:
        wait_for(port)
        people = _people(ROUNDS[scale] + 1)
        for place in range(ROUNDS[scale] + 1):
            for name, command in _commands(str(home / "police" / "police.sqlite3"), people[place]).items():
                times.setdefault(name, []).append(_ms(command))
    finally:
        server.terminate()
        server.wait(10)
    bare = p50(times["bare Django"][1:])
    return [
        _row(name, measured[1:], bare) for name, measured in times.items()
    ]  # the first fills the caches of files


def _commands(database: str, person: str) -> Commands:
    verbs: dict[str, tuple[str, ...]] = {
        "--help": ("--help",),
        "agencies": ("agencies",),
        "cases": ("cases",),
        "orders": ("orders",),
        "explain": ("explain", "--officer", "ives", "--action", "person.search", "--purpose", "criminal-investigation"),
        "cut-off": ORDER,
        "restore": ("restore", "us.dhs.ice", *SIGNED),
        "seal": ("seal", "person", person, "--court-order", "26 CR 1"),
    }  # fmt: skip
    bare = {"bare Django": [sys.executable, "-c", BARE, database]}
    return bare | {name: [*PROGRAM, *verb] for name, verb in verbs.items()}


def _ms(command: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    taken = (time.perf_counter() - began) * 1000
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])} failed: {done.stderr.strip()[-300:]}")
    return taken


def _people(count: int) -> list[str]:
    from openclear.records.people.models import Person

    return [str(key) for key in Person.objects.order_by("pk").values_list("pk", flat=True)[:count]]


def _row(name: str, measured: list[float], bare: float) -> dict[str, Any]:
    p95 = statistics.quantiles(measured, n=20, method="inclusive")[18] if len(measured) > 1 else measured[0]
    middle = p50(measured)
    return {
        "command": name, "p50_ms": round(middle), "p95_ms": round(p95), "over_bare_django": round(middle / bare, 2),
    }  # fmt: skip
