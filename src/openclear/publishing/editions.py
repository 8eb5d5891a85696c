"""Editions: when a month is due; making, logging and publishing; withdrawal if a record in one was sealed or corrected."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.access import gate
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.publishing.files import write_files
from openclear.publishing.history import History, alone, history_of, remember
from openclear.publishing.outlines import publish_outlines
from openclear.publishing.rows import Incident, Published, published
from openclear.publishing.signing import release_key
from openclear.publishing.suppression import K
from openclear.records.changes import PUBLISHING, changed_months, clear_changes
from openclear.records.extracts import incidents_of_month
from openclear.release import commands as release
from openclear.release.files import open_to_all
from openclear.release.rows import NewEdition
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label
from openclear.vocabulary.numbers import is_area_number
from openclear.vocabulary.without_grant import without_grant

DELAY_DAYS = 7
MOST_TRIES = 5
# The version of the rules on what an edition shows and withholds. An edition made under older rules is replaced.
# 2: no sensitive group of one or two; points only from shown incidents.
RULES = 2
BROKEN_OFF = "Its making was interrupted; it was never public."
CHANGED = "Records in this edition were corrected, sealed or expunged."
LABELLED = "Some of what this edition showed about its incidents is now withheld."
_SENSITIVE = (Label.DOMESTIC | Label.SEXUAL_ASSAULT).value
Progress = Callable[[Sequence[date]], Iterable[date]]


@without_grant("a rule of the calendar; reads nothing")
def is_due(month: date, today: date) -> bool:
    """Say whether a month's edition may be made: its last day was at least seven days ago."""
    following = (month + timedelta(days=32)).replace(day=1)
    return today >= following + timedelta(days=DELAY_DAYS)


def refresh_editions(grant: Grant, *, progress: Progress = iter) -> list[str]:
    """Make the edition of every due month that has none, whose records changed, or whose edition was made under older rules.

    Return their names. A replaced edition is withdrawn in the same act, with the reason. Months that are not due stay
    marked.
    """
    grant.require(Action.EDITION_MAKE)
    made = []
    with alone():
        changed = _to_make(grant)
        for month in progress(list(changed)):
            gate.recheck(grant)
            name = _make(grant, month)
            # After a crash before this line, the month is made again, as one more revision.
            clear_changes(grant, changes=changed[month])
            if name:
                made.append(name)
        publish_outlines(grant)
    return made


def _to_make(grant: Grant) -> dict[date, list[int]]:
    # With the marks of each month. An edition made under older rules was due then.
    today = clock.now().astimezone(city().zone).date()
    marked = changed_months(grant, reader=PUBLISHING)
    outdated: dict[date, list[int]] = {
        row.month: []
        for row in release.editions()
        if row.withdrawn is None and json.loads(row.manifest).get("rules") != RULES
    }
    found = {month: marks for month, marks in marked.items() if is_due(month, today)}
    return dict(sorted((outdated | found).items()))


def make_edition(grant: Grant, *, month: date) -> str | None:
    """Make and publish the edition of one month; return its name, or None if the month has too few incidents to publish.

    Raises NotPossible for a month that is not due: the delay is seven days.
    """
    grant.require(Action.EDITION_MAKE)
    if not is_due(month, clock.now().astimezone(city().zone).date()):
        raise NotPossible(
            f"The edition of {month:%Y-%m} is due {DELAY_DAYS} days after the end of the month."
        )
    with alone():
        return _make(grant, month)


def _make(grant: Grant, month: date) -> str | None:
    before = [row for row in release.editions() if row.month == month]
    history = history_of(month)
    last = max((row.revision for row in before), default=0)
    if history.revision > last:
        # Perhaps logged, then interrupted: it was never public, and the log says that it will not be.
        _log(grant, month, history.revision, "withdrawn", "", {"reason": BROKEN_OFF})
    _withdraw(grant, [(row.month, row.revision) for row in before if row.withdrawn is None], CHANGED)
    revision = 1 + max(history.revision, last)
    for _ in range(MOST_TRIES):
        sealings = gate.sealings()
        incidents = _incidents(grant, month)
        if len(incidents) < K:
            return None
        told = published(incidents, history.withheld if revision > 1 else None)
        draft = _written(month, revision, told)
        # An edition that a sealing met in the making is not published; a sealing that comes now waits, and marks the
        # month.
        with gate.records_held() as now:
            if now == sealings:
                remember(month, History(revision, told.withheld))
                release.keep_edition(_published(grant, month, revision, told, draft))
                return f"{month:%Y-%m}.{revision}"
    raise NotPossible(f"Records were sealed each time while {month:%Y-%m} was made; try again.")


def _written(month: date, revision: int, told: Published) -> Path:
    # In a draft folder: nobody may read it yet.
    name = f"{month:%Y-%m}.{revision}"
    folder = _new_folder(name)
    files = write_files(folder, name, told.rows, told.totals)
    manifest = _manifest(month, revision, len(told.rows), files)
    (folder / "manifest.json").write_text(manifest)
    (folder / "manifest.sig").write_text(release_key().sign(hashlib.sha256(manifest.encode()).hexdigest()))
    return folder


def _published(grant: Grant, month: date, revision: int, told: Published, draft: Path) -> NewEdition:
    manifest, signature = ((draft / name).read_text() for name in ("manifest.json", "manifest.sig"))
    entry = _log(grant, month, revision, "published", manifest, {"incidents": len(told.rows)})
    open_to_all(draft)
    draft.rename(draft.with_name(f"{month:%Y-%m}.{revision}"))
    return NewEdition(month, revision, clock.now(), told.rows, told.totals, manifest, signature, entry)


def withdraw(grant: Grant, *, month: date, revision: int, reason: str) -> None:
    """Withdraw one edition: its files and incidents are removed, the reason stays.

    Raises NotPossible if it is not public.
    """
    grant.require(Action.EDITION_MAKE)
    with alone():
        if not any(
            (row.month, row.revision, row.withdrawn) == (month, revision, None) for row in release.editions()
        ):
            raise NotPossible(f"There is no edition {month:%Y-%m}.{revision} to withdraw.")
        _withdraw(grant, [(month, revision)], reason)


def withdraw_changed(grant: Grant) -> list[str]:
    """Withdraw at once every public edition whose month changed; return their names. `refresh_editions` makes new ones."""
    grant.require(Action.EDITION_MAKE)
    with alone():
        changed = changed_months(grant, reader=PUBLISHING)
        told = [row for row in release.editions() if row.withdrawn is None and row.month in changed]
        _withdraw(grant, [(row.month, row.revision) for row in told], LABELLED)
    return [row.name for row in told]


def _withdraw(grant: Grant, wanted: Iterable[tuple[date, int]], reason: str) -> None:
    for month, revision in wanted:
        _log(grant, month, revision, "withdrawn", "", {"reason": reason})
        release.withdraw_edition(month=month, revision=revision, at=clock.now(), reason=reason)
        shutil.rmtree(settings.EDITIONS_FOLDER / f"{month:%Y-%m}.{revision}", ignore_errors=True)


def _incidents(grant: Grant, month: date) -> list[Incident]:
    clearance = grant.over(Dataset.INCIDENTS)
    found = incidents_of_month(grant, month=month).to_pylist()
    return [_incident(row) for row in found if clearance.shows(row["labels"])]


def _incident(row: Mapping[str, Any]) -> Incident:
    return Incident(
        occurred=row["occurred"].astimezone(city().zone).replace(tzinfo=None),
        area=_area(row),
        primary_type=row["primary_type"],
        description=row["description"],
        block=row["block"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        arrest=row["arrest_made"],
        is_sensitive=bool(row["labels"] & _SENSITIVE),
    )


def _area(row: Mapping[str, Any]) -> int | None:
    # The areas of the public map; a district whose code is not a number is not shown.
    if city().area_kind == "community-area":
        return row["community_area"] or None
    return int(row["district"]) if is_area_number(row["district"]) else None


def _new_folder(name: str) -> Path:
    for left in settings.EDITIONS_FOLDER.glob(".making-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder: Path = settings.EDITIONS_FOLDER / f".making-{name}"
    # Files that a crash left under this name were never published: there is no row for them.
    shutil.rmtree(folder.with_name(name), ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _manifest(month: date, revision: int, incidents: int, files: Sequence[Mapping[str, Any]]) -> str:
    facts = {
        "edition": f"{month:%Y-%m}.{revision}", "month": f"{month:%Y-%m}", "revision": revision, "unit": "incidents",
        "incidents": incidents, "rules": RULES, "smallest_count": K, "delay_days": DELAY_DAYS, "made": clock.stamp(clock.now()),
        "files": list(files),
    }  # fmt: skip
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def _log(
    grant: Grant, month: date, revision: int, state: str, manifest: str, facts: Mapping[str, Any]
) -> int:
    decision = gate.recheck(grant)
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    edition = {"month": f"{month:%Y-%m}", "revision": revision, "state": state, "manifest": digest}
    receipt = log.append(
        NewEntry(
            "edition", "none", agencies=decision.agencies, action=grant.action, dataset=Dataset.INCIDENTS,
            purpose=grant.purpose, epoch=decision.epoch, extra={"edition": edition},
            officer=grant.officer, details=facts,
        )
    )  # fmt: skip
    return receipt.entry
