"""The block benchmark on one database: `python -m bench.block_trials SCALE DATABASE` in a home of its own."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.block import CITY, ROWS, TRIALS
from bench.city import here, numbered, p99, sign_in, wait_for
from bench.machine import waits
from tests.ports import free_port

WINDOW = 1.5
PAUSE = 1.2
CUT = ("ives", "kerr")
OTHERS = ("frost", "tran", "hale", "lund", "marsh", "quill", "soto", "rivera")
Trial = tuple[float, float, float, float]


def main(scale: str, database: str) -> None:
    """Build, run the trials, print one JSON object."""
    here(*CITY[scale])
    folder = Path(tempfile.mkdtemp(prefix="openclear-witness-"))
    held = Holding(ROWS[scale])
    port = free_port()
    programs = [server(port, folder), worker()]
    try:
        wait_for(port)
        held.arm()
        clients = _clients(port, folder, held)
        time.sleep(3)
        trials = [_trial(held) for _ in range(TRIALS[scale])]
        clients.communicate(timeout=30)
    finally:
        for program in programs:
            program.terminate()
            program.wait(10)
    print(json.dumps({"database": database, **_outcome(trials, folder, held)}))


class Holding:
    """What the cut agency holds when an order comes: armed anew before each trial."""

    def __init__(self, rows: int) -> None:
        """Put `rows` vehicles in, and make the one large export whose file every trial starts with."""
        from openclear.delivery.files import path_of
        from openclear.delivery.jobs import make_export
        from openclear.delivery.models import Export

        self.left_over = 0
        _fill(rows)
        self.export = self._export("queued", "BX").id
        began = time.time()
        make_export(self.export)
        made = Export.objects.get(pk=self.export)
        print(
            f"an export of {made.rows:,} rows, {made.size:,} bytes, in {time.time() - began:.0f} s",
            file=sys.stderr,
        )
        self.facts = {
            "size": made.size,
            "sha256": made.sha256,
            "shown_under": made.shown_under,
            "rows": made.rows,
        }
        self.path, self.kept = path_of(self.export), path_of("kept-for-the-trials")
        for suffix in ("", ".rows"):
            os.link(self.path.with_suffix(suffix), self.kept.with_suffix(suffix))
        self.link = self._link()

    def arm(self) -> None:
        """Make the export ready, one job running and two waiting, an alert and a link open again."""
        from openclear.delivery.jobs import enqueue_export
        from openclear.delivery.models import Alert, Export, Link

        for suffix in ("", ".rows"):
            if not self.path.with_suffix(suffix).exists():
                os.link(self.kept.with_suffix(suffix), self.path.with_suffix(suffix))
        Export.objects.filter(pk=self.export).update(state="ready", **self.facts)
        for _ in range(3):
            enqueue_export(self._export("queued", "BX").id)
        Alert.objects.filter(owner__in=CUT).update(state="active")
        if not Alert.objects.exists():
            self._alert()
        Link.objects.filter(pk=self.link).update(state="active")

    def look(self, receipt: Any) -> None:
        """Count what the order left over: targets that are not proved, files, jobs, alerts that still tell."""
        from openclear.delivery.alerts import run_alerts

        self.left_over += sum(item.after for item in receipt.receipts)
        self.left_over += self.path.exists() + run_alerts()

    @staticmethod
    def _export(state: str, text: str) -> Any:
        from datetime import timedelta

        from openclear.delivery.models import Export
        from openclear.vocabulary import clock

        moment = clock.now()
        return Export.objects.create(
            owner="ives",
            kind="vehicles",
            purpose="criminal-investigation",
            text=text,
            format="csv",
            state=state,
            created=moment,
            expires=moment + timedelta(days=1),
        )

    def _alert(self) -> None:
        from openclear.delivery.alerts import keep_alert

        keep_alert(
            _grant("ives", "incident.search"), kind="incidents", text="0999X W NOWHERE", channel="page"
        )

    def _link(self) -> Any:
        from openclear.delivery.links import give_link
        from openclear.records.incidents.kind import INCIDENTS
        from openclear.search.find import find

        record = find(_grant("frost", "incident.search"), kind=INCIDENTS, text="0").rows[0].id
        return give_link(_grant("ives", "incident.view"), kind="incidents", record=record).id


def _trial(held: Holding) -> Trial:
    from tests.cast import cut_off, lift

    held.arm()
    time.sleep(0.3)
    before = time.monotonic()
    time.sleep(WINDOW)
    machine, began = waits(), time.monotonic()
    receipt = cut_off("us.dhs.ice")
    returned = time.monotonic()
    disk, stolen = (now - then for now, then in zip(waits(), machine, strict=True))
    print(
        f"order {returned - began:.3f} s, while the disk kept somebody waiting {disk:.3f} s and the host took {stolen:.2f} s",
        file=sys.stderr,
    )
    time.sleep(max(0.0, began + WINDOW - returned))
    held.look(receipt)
    ended = time.monotonic()
    lift(receipt.order)
    return before, began, returned, ended


def _outcome(trials: list[Trial], folder: Path, held: Holding) -> dict[str, Any]:
    from openclear.audit.queries import verify

    asked = [line.split() for line in (folder / "asked").read_text().splitlines()]
    others = [(float(began), float(took), status) for whose, began, took, status in asked if whose == "other"]
    sent = [
        (float(moment), int(size))
        for path in (*folder.glob("[0-9]*"), folder / "asked.arrived")
        for moment, size in (line.split() for line in path.read_text().splitlines())
    ]
    log = verify()
    late = sum(size for moment, size in sent if any(trial[2] < moment < trial[3] for trial in trials))
    took = [trial[2] - trial[1] for trial in trials]
    print(
        f"cut clients: {sum(whose == 'cut' for whose, *_ in asked)} answers, {sum(size for _, size in sent):,} bytes passed to "
        f"a kernel or in one; others: {len(others)} answers; order p50 {statistics.median(took):.3f} s; log {'whole' if log.ok else 'BROKEN'}",
        file=sys.stderr,
    )
    return {
        "trials": len(trials),
        "answers_after_order": log.agency("us.dhs.ice")["allowed_under_order"] + held.left_over,
        "bytes_after_order": late,
        "control_failed": sum(status != "200" for *_, status in others),
        "control_p99_ratio": round(statistics.median(_ratio(others, trial) for trial in trials), 2),
        "order_p99_s": round(p99(took), 3),
    }


def _ratio(others: list[tuple[float, float, str]], trial: Trial) -> float:
    before = [took for began, took, _ in others if trial[0] <= began < trial[0] + WINDOW]
    after = [took for began, took, _ in others if trial[1] <= began < trial[1] + WINDOW]
    print(
        f"others: {len(before)} before, slowest {max(before):.3f}; {len(after)} after, slowest {max(after):.3f}",
        file=sys.stderr,
    )
    return p99(after) / p99(before)


def _clients(port: int, folder: Path, held: Holding) -> "subprocess.Popen[str]":
    from openclear.records.cases.queries import open_cases

    case = quote(open_cases(_grant("ives", "case.list"))[0].number)
    reason = f"purpose=criminal-investigation&case={case}"
    search = [f"/api/v1/people?q=garcia&{reason}&limit=5", f"/api/v1/vehicles?q=OC00&{reason}&limit=5"]
    cut = [client("cut", search, token=CUT[number % 2]) for number in range(20)]
    pages = [
        f"/saved/exports/{held.export}/parts/1",
        f"/l/{held.link}",
        "/suggest?case=C",
        f"/search?q=garcia&{reason}",
        f"/search?q=9000&kind=property&{reason}",
        "/saved",
    ]
    cut += [
        client("cut", pages[number:] + pages[:number], cookie=sign_in(port, "ives")) for number in range(5)
    ]
    crawler = sign_in(port, "ives")
    cut += [
        client("cut", [f"/saved/exports/{held.export}/parts/{number + 1}"], cookie=crawler, way="sips")
        for number in range(6)
    ]
    cut += [
        client("cut", [f"/saved/exports/{held.export}/parts/{number + 1}"], cookie=crawler, way="waits")
        for number in range(6)
    ]
    cut += [client("cut", [search[number % 2]], token=CUT[number % 2], way="waits") for number in range(6)]
    cut += [client("cut", ["/api/v1/cases"], token="ives")]
    others = [client("other", search, token=OTHERS[number % len(OTHERS)]) for number in range(32)]
    return started(port, folder, cut + others)


def started(port: int, folder: Path, clients: list[dict[str, Any]]) -> "subprocess.Popen[str]":
    """Start the process of the clients."""
    program = subprocess.Popen(
        [sys.executable, "-m", "bench.block_clients", str(folder / "asked")], stdin=subprocess.PIPE, text=True
    )
    assert program.stdin
    program.stdin.write(json.dumps({"port": port, "clients": clients}) + "\n")
    program.stdin.flush()
    return program


def client(
    whose: str, paths: list[str], *, token: str = "", cookie: str = "", way: str = "asks"
) -> dict[str, Any]:
    """Return a client of the plan: who it is, what it asks for and how it reads."""
    from tests.cast import token as token_of

    headers = {"X-Bench": whose} | (
        {"Authorization": f"Bearer {token_of(token)}"} if token else {"Cookie": cookie}
    )
    return {"whose": whose, "paths": paths, "headers": headers, "pause": PAUSE, "way": way}


def _grant(officer: str, action: str) -> Any:
    from openclear.access import gate
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    return gate.open_for(officer, Action(action), purpose=Purpose.CRIMINAL_INVESTIGATION)


def _fill(rows: int) -> None:
    from django.db import connection

    numbers, identity = numbered(rows)
    columns = "id, source, source_id, revision, owner_agency, labels, plate, plate_state, year, make, model, color, stolen"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_vehicle ({columns}) SELECT {identity}, 'bench', n, '', 'il.chicago.pd', 0, 'BX' || n, 'IL', 2020, "
            f"'Make', 'Model', 'blue', {'false' if connection.vendor == 'postgresql' else '0'} FROM {numbers}"
        )
        cursor.execute("ANALYZE")


def server(port: int, folder: Path, **more: str) -> "subprocess.Popen[bytes]":
    """Start the site with its witness, which writes into `folder`; `more`: of its environment."""
    command = [
        sys.executable, "-m", "gunicorn", "bench.watched_site:application", "--bind", f"127.0.0.1:{port}", "--worker-class",
        "openclear.config.workers.OfficerWorker", "--workers", "2", "--threads", "48", "--keep-alive", "5",
        "--log-level", "error",
    ]  # fmt: skip
    return subprocess.Popen(command, env=os.environ | {"BENCH_WITNESS": str(folder)} | more)


def worker() -> "subprocess.Popen[bytes]":
    """Start a worker."""
    return subprocess.Popen([sys.executable, "-m", "openclear.config.program", "worker"])


if __name__ == "__main__":
    main(*sys.argv[1:])
