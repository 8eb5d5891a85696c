"""What the police side stores about each month's editions: the last revision begun, and what any of them withheld.

One file per month, on the police side, because what was withheld is not public.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from openclear.publishing.rows import Withheld
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class History:
    """The history of one month. `revision`: the last one begun, 0 if there was none."""

    revision: int
    withheld: Withheld


@without_grant("for the making of an edition, whose grant was required")
@contextmanager
def alone() -> Iterator[None]:
    """Lock: nobody else makes or withdraws an edition meanwhile; the second caller waits."""
    with (_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@without_grant("for the making of an edition, whose grant was required")
def history_of(month: date) -> History:
    """Return the history of a month."""
    file = _file(month)
    if not file.exists():
        return History(0, Withheld())
    kept = json.loads(file.read_text())
    # The history of an older version has no sensitive cells: it published them all.
    cells, sensitive = (
        frozenset((area, kind) for area, kind in kept.get(name, ())) for name in ("cells", "sensitive")
    )
    withheld = Withheld(frozenset(kept["areas"]), frozenset(kept["types"]), cells, sensitive)
    return History(kept["revision"], withheld)


@without_grant("for the making of an edition, whose grant was required")
def remember(month: date, history: History) -> None:
    """Store the history durably before a revision is logged, so that no number is used twice after a crash."""
    held = history.withheld
    facts = {
        "revision": history.revision, "areas": list(held.areas), "types": sorted(held.types),
        "cells": [list(cell) for cell in held.cells], "sensitive": [list(cell) for cell in held.sensitive],
    }  # fmt: skip
    new = _file(month).with_suffix(".new")
    with new.open("w") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(_file(month))
    folder = os.open(_folder(), os.O_RDONLY)
    try:
        os.fsync(folder)  # the directory entry too, not only the bytes
    finally:
        os.close(folder)


def _file(month: date) -> Path:
    return _folder() / f"{month:%Y-%m}.json"


def _folder() -> Path:
    folder: Path = settings.POLICE_FOLDER / "editions"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
