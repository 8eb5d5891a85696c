"""How often each person looked up records on one case within an hour: read from the private bodies when oversight asks.

Nothing is counted when the answer is given: no answer waits for it, and nobody can tell from one that they are counted.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from openclear.audit.models import Body, Entry
from openclear.audit.rows import CaseHour
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

DATABASE = "audit"
# Conditions that one statement takes on every database.
_AT_ONCE = 500
# An alert asks by itself, and the ranges of one file are one download: neither is a person who looks something up.
_BY_ITSELF = ("alert", "range")


def busy_case_hours(
    grant: Grant, *, since: date, more_than: int, acts: Collection[str]
) -> Sequence[CaseHour]:
    """Return each hour (UTC) since a day in which a person was answered `acts` on one case more often than so many times.

    Newest first. One search of several kinds of records counts once; a case counts as one however it is spelled.
    """
    grant.require(Action.LOG_VIEW_ALL)
    first = _first_entry(f"{since.isoformat()}T00Z")
    found = [
        hour
        for (officer, _), spelled in _often(first, more_than).items()
        for hour in _hours(officer, spelled, first, acts)
        if hour.lookups > more_than
    ]
    return sorted(found, key=lambda row: (row.hour, row.lookups), reverse=True)


def _often(first: int, more_than: int) -> dict[tuple[str, str], list[str]]:
    # Person and case, with the spellings of the case: nobody else can have been over the limit in any hour.
    named = Body.objects.using(DATABASE).filter(entry__gte=first).exclude(case="").exclude(officer="")
    spelled: dict[tuple[str, str], list[str]] = defaultdict(list)
    asked: dict[tuple[str, str], int] = defaultdict(int)
    for officer, case, asks in named.values_list("officer", "case").annotate(asks=Count("entry")):
        key = (officer, _plain(case))
        spelled[key].append(case)
        asked[key] += asks
    return {key: spelled[key] for key, asks in asked.items() if asks > more_than}


def _hours(officer: str, spelled: list[str], first: int, acts: Collection[str]) -> Iterator[CaseHour]:
    hours: dict[str, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    bodies = Body.objects.using(DATABASE).filter(entry__gte=first, officer=officer, case__in=spelled)
    texts = dict(bodies.order_by("entry").values_list("entry", "fields"))
    for number, header in _headers(list(texts)):
        body = {name: held["value"] for name, held in json.loads(texts[number]).items() if "value" in held}
        if (
            header["kind"] == "answer"
            and header["action"] in acts
            and not any(name in body for name in _BY_ITSELF)
        ):
            hours[header["hour"]].append((number, header["action"], body))
    for hour, answers in hours.items():
        shown = {record for *_, body in answers for record in body.get("shown", ())}
        yield CaseHour(
            officer, _plain(spelled[0]), hour, _lookups(answers), len(shown), answers[0][0], answers[-1][0]
        )


def _lookups(answers: Sequence[tuple[int, str, dict[str, Any]]]) -> int:
    # The kinds of one search have entries directly behind each other, with the same words, each kind once.
    kinds: set[str] = set()
    count, last = 0, (-1, None)
    for number, action, body in answers:
        words = body.get("query")
        is_same = words is not None and (number - 1, words) == last and action not in kinds
        kinds = kinds | {action} if is_same else {action}
        count, last = count + (not is_same), (number, words)
    return count


def _headers(numbers: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    for start in range(0, len(numbers), _AT_ONCE):
        rows = Entry.objects.using(DATABASE).filter(index__in=numbers[start : start + _AT_ONCE])
        for index, header in rows.order_by("index").values_list("index", "header"):
            yield index, json.loads(bytes(header))


def _first_entry(hour: str) -> int:
    # Hours never decrease along the log.
    low, high = 0, Entry.objects.using(DATABASE).count()
    while low < high:
        middle = (low + high) // 2
        header = json.loads(bytes(Entry.objects.using(DATABASE).get(index=middle).header))
        low, high = (middle + 1, high) if header["hour"] < hour else (low, middle)
    return low


def _plain(case: str) -> str:
    return case.strip().upper()
