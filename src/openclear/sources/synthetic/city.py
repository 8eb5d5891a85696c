"""Build the invented city in an empty database, with a progress bar, in whole batches."""

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import TypeVar

from tqdm import tqdm

from openclear.access import gate
from openclear.records.cases.sharing import share_open_cases
from openclear.records.intake import insert_records, rows_of_source
from openclear.sources.synthetic.cast import agreements
from openclear.sources.synthetic.incidents import draw_incidents
from openclear.sources.synthetic.people import SOURCE, Row, Rows, draw_people
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant

SEED = 20190710
UNTIL = date(2026, 6, 30)
PEOPLE, INCIDENTS = 22_000, 62_000
BATCH = 5000
# Joint investigations: the newest open cases and one in three of the others are shared with the partner agencies.
NEWEST_SHARED, ONE_IN_SHARED = 3, 3
Item = TypeVar("Item")


def build_city(grant: Grant, *, people: int = PEOPLE, incidents: int = INCIDENTS, seed: int = SEED) -> bool:
    """Fill the database with an invented city; return False, and do nothing, if there is one already.

    The same seed and size give the same city on every machine. Raises WrongUsage for incidents without people.
    """
    if incidents and not people:
        raise WrongUsage("Incidents need people: give --people as well, or --incidents 0.")
    present = rows_of_source(grant, source=SOURCE)
    if present == (people, incidents):
        _share(grant)
        return False
    if present != (0, 0):
        message = "There is an invented city of another size, or part of one, here; run ./run demo --fresh."
        raise NotPossible(message)
    attempt = gate.log_act(grant, kind="attempt", details={"source": SOURCE, "seed": seed})
    random = Random(seed)
    labels_of: list[int] = []
    loader = _Loader(grant)
    for labels, rows in _shown(draw_people(random, people, UNTIL), people, "people"):
        labels_of.append(labels)
        loader.take(rows)
    loader.flush()
    for rows in _shown(draw_incidents(random, incidents, labels_of, UNTIL), incidents, "incidents"):
        loader.take(rows)
    loader.flush()
    _share(grant)
    gate.log_outcome(grant, attempt=attempt, details={"people": people, "incidents": incidents})
    return True


def _share(grant: Grant) -> None:
    share_open_cases(
        grant,
        source=SOURCE,
        agencies=[signed.agency for signed in agreements()],
        newest=NEWEST_SHARED,
        one_in=ONE_IN_SHARED,
    )


class _Loader:
    """Collects rows by table and inserts full batches, referenced tables first."""

    ORDER = (
        "person",
        "name",
        "identifier",
        "address",
        "vehicle",
        "incident",
        "offense",
        "involvement",
        "arrest",
        "charge",
        "case",
        "property",
    )

    def __init__(self, grant: Grant) -> None:
        self._grant = grant
        self._waiting: dict[str, list[Row]] = {}

    def take(self, rows: Rows) -> None:
        for table, new in rows.tables.items():
            self._waiting.setdefault(table, []).extend(new)
        if any(len(waiting) >= BATCH for waiting in self._waiting.values()):
            self.flush()

    def flush(self) -> None:
        for table in self.ORDER:
            insert_records(self._grant, source=SOURCE, table=table, rows=self._waiting.pop(table, []))


def _shown(items: Iterable[Item], count: int, what: str) -> Iterable[Item]:
    return tqdm(items, total=count, desc=f"synthetic {what}", unit="", disable=None)
