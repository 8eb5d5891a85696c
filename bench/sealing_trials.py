"""The sealing half of the block benchmark on one database: `python -m bench.sealing_trials SCALE DATABASE`, in a home of its own.

A witness in the server writes when bytes of an answer that says the sealed person's name are passed to the kernel.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.block import CITY, TRIALS
from bench.block_trials import client, server, started
from bench.city import here, wait_for
from tests.ports import free_port

WORD = "Wexlerby"
BEFORE, AFTER, PAUSE = 0.5, 1.0, 0.1
ASKERS = ("rivera", "frost", "quill", "soto")
OTHERS = ("tran", "hale", "lund", "marsh")


def main(scale: str, database: str) -> None:
    """Build, run the trials, print one JSON object."""
    here(*CITY[scale])
    folder = Path(tempfile.mkdtemp(prefix="openclear-witness-"))
    port, person = free_port(), _person()
    site = server(port, folder, BENCH_WORD=WORD)
    try:
        wait_for(port)
        clients = started(port, folder, _clients())
        _wait_until_told(folder)
        trials = [_trial(person) for _ in range(TRIALS[scale])]
        clients.communicate(timeout=30)
    finally:
        site.terminate()
        site.wait(10)
    print(json.dumps({"database": database, **_outcome(trials, folder)}))


def _wait_until_told(folder: Path) -> None:
    deadline = time.monotonic() + 120
    while not _told(folder):
        if time.monotonic() > deadline:
            raise SystemExit("nothing told of the person: the benchmark measures nothing")
        time.sleep(0.2)


def _told(folder: Path) -> list[float]:
    lines = (line for path in folder.glob("[0-9]*") for line in path.read_text().splitlines())
    return [float(line.split()[0]) for line in lines]


def _trial(person: Any) -> tuple[float, float]:
    from openclear.records.sealing import seal

    _tell_again(person)
    time.sleep(BEFORE)
    seal(_key("osei", "record.seal"), kind="person", record=person.id, court_order="2026 MR 11")
    returned = time.monotonic()
    time.sleep(AFTER)
    return returned, time.monotonic()


def _outcome(trials: list[tuple[float, float]], folder: Path) -> dict[str, Any]:
    asked = [line.split() for line in (folder / "asked").read_text().splitlines()]
    told = _told(folder)
    late = sum(any(returned < moment < ended for returned, ended in trials) for moment in told)
    print(f"{len(told):,} answers told of the person; {len(asked):,} in all", file=sys.stderr)
    return {
        "trials": len(trials),
        "answers_after_seal": late,
        "control_failed": sum(status != "200" for *_, status in asked),
    }


def _clients() -> list[dict[str, Any]]:
    from urllib.parse import quote

    from openclear.records.cases.queries import open_cases

    case = quote(open_cases(_key("frost", "case.list"))[0].number)
    reason = f"purpose=criminal-investigation&case={case}"
    paths = [f"/api/v1/people?q={WORD[:6].lower()}&{reason}&limit=5"]
    asking = [client("told", paths, token=ASKERS[number % len(ASKERS)]) for number in range(24)]
    others = [
        client("other", [f"/api/v1/vehicles?q=OC00&{reason}&limit=5"], token=OTHERS[number % len(OTHERS)])
        for number in range(8)
    ]
    return [{**one, "pause": PAUSE} for one in asking + others]


def _person() -> Any:
    from openclear.records.people.models import NameWord, Person, PersonName

    row = {"source": "bench", "source_id": "sealed", "given": "Ottoline", "family": WORD}
    person = Person.objects.create(**row)
    name = PersonName.objects.create(person=person, kind="main", **row)
    NameWord.objects.create(person=person, name=name, word=WORD.lower(), sound="WKSLRB")
    return person


def _tell_again(person: Any) -> None:
    from openclear.records.people.models import NameWord, Person, PersonName

    for table, name in ((PersonName, "person"), (NameWord, "person"), (Person, "pk")):
        table.objects.filter(**{name: person.pk}).update(labels=0)


def _key(officer: str, action: str) -> Any:
    from openclear.access import gate
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    purpose = Purpose.RECORDS_MAINTENANCE if officer == "osei" else Purpose.CRIMINAL_INVESTIGATION
    return gate.open_for(officer, Action(action), purpose=purpose)


if __name__ == "__main__":
    main(*sys.argv[1:])
