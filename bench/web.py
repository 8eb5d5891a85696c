"""What the gate costs a page: each page of the officer site against a bare Django view with the same query and template.

Both run under gunicorn with two workers, on the same city, asked in turn by the same clients over kept connections.
The bare view knows its officer by the same session, runs the same ORM query without a filter, renders the same
template; it has no gate, no log, no barrier.
"""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

from bench.city import SOME, new_city, p50, p99, sign_in, wait_for
from tests.ports import free_port

SIZES = {"tiny": SOME, "small": (3_000, 6_000), "full": (22_000, 62_000)}
SECONDS = {"tiny": 0.5, "small": 3.0, "full": 8.0}
WORKERS = {"tiny": 1, "small": 2, "full": 2}
CLIENTS, ROUNDS = 4, 5
PROGRAMS = {"gated": "openclear.config.wsgi:application", "bare": "bench.bare_site:application"}


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each page: p50 and p99 in ms, p50 over the bare page's, requests per second."""
    people, incidents = SIZES[scale]
    new_city(people, incidents)
    case, person = _examples()
    ports = {name: free_port() for name in PROGRAMS}
    servers = [_serve(program, ports[name], WORKERS[scale]) for name, program in PROGRAMS.items()]
    try:
        for port in ports.values():
            wait_for(port)
        cookie = sign_in(ports["gated"], "rivera")
        reason = f"purpose=criminal-investigation&case={case}"
        pages = {
            "search page": "/",
            "results": f"/search?kind=people&q=kowalsky&{reason}",
            "results of a plate": f"/search?kind=vehicles&q=OC0012&{reason}",
            "person": f"/people/{person}?{reason}",
        }
        return [
            {**_row(page, path, ports, cookie, SECONDS[scale]), "workers": WORKERS[scale], "clients": CLIENTS}
            for page, path in pages.items()
        ]
    finally:
        for server in servers:
            server.terminate()
            server.wait(10)


def _row(page: str, path: str, ports: dict[str, int], cookie: str, seconds: float) -> dict[str, Any]:
    times: dict[str, list[float]] = {name: [] for name in ports}
    rates: dict[str, list[float]] = {name: [] for name in ports}
    ratios = []
    for _ in range(ROUNDS):
        halves = {}
        for name, port in ports.items():
            measured = _load(port, path, cookie, seconds / ROUNDS)
            times[name] += measured
            rates[name].append(len(measured) / (seconds / ROUNDS))
            halves[name] = statistics.median(measured)
        ratios.append(halves["gated"] / halves["bare"])
    return {
        "page": page, "p50_ms": p50(times["gated"]), "p99_ms": p99(times["gated"]),
        "over_bare_django": round(statistics.median(ratios), 2),
        "requests_per_s": round(statistics.median(rates["gated"]), 1),
        "answers": len(times["gated"]), "bare_answers": len(times["bare"]), "bare_p50_ms": p50(times["bare"]), "bare_requests_per_s": round(statistics.median(rates["bare"]), 1),
    }  # fmt: skip


def _load(port: int, path: str, cookie: str, seconds: float) -> list[float]:
    measured: list[float] = []
    failed: list[Exception] = []
    end = time.perf_counter() + seconds

    def client() -> None:
        try:
            measured.extend(_asked_until(end, port, path, cookie))
        except Exception as error:  # noqa: BLE001 - nothing is measured, whatever it was: said below
            failed.append(error)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{path} at port {port}: {failed[0]!r}")
    return measured


def _asked_until(end: float, port: int, path: str, cookie: str) -> list[float]:
    connection, measured = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    while time.perf_counter() < end:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or b"data-answer" not in body:
            raise ValueError(f"answered {response.status} {body[:80]!r}")
        measured.append((time.perf_counter() - began) * 1000)
    connection.close()
    return measured


def _examples() -> tuple[str, str]:
    from openclear.access import gate
    from openclear.records.cases.queries import open_cases
    from openclear.records.people.kind import PEOPLE
    from openclear.search.find import find
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    crime = Purpose.CRIMINAL_INVESTIGATION
    case = open_cases(gate.open_for("rivera", Action.CASE_LIST, purpose=crime))[0].number
    grant = gate.open_for("rivera", Action.PERSON_SEARCH, purpose=crime, case=case)
    return case, str(find(grant, kind=PEOPLE, text="garcia").rows[0].id)


def _serve(program: str, port: int, workers: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable, "-m", "gunicorn", program, "--bind", f"127.0.0.1:{port}", "--worker-class", "openclear.config.workers.OfficerWorker",
        "--workers", str(workers), "--threads", "16", "--log-level", "error",
    ]  # fmt: skip
    return subprocess.Popen(command, env=dict(os.environ))
