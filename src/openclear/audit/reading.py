"""Entries for readers: their own, the published part, and all of them for oversight. Always under a grant."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from openclear.audit.columns import plain_number
from openclear.audit.models import Body, Entry, UnansweredEntry
from openclear.audit.rows import CaseUse, EntryRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
_TOKEN = re.compile(r"[0-9a-f]{64}")
PAGE = 50
# Headers are published after this delay, orders at once (design, section 4).
PUBLICATION_DELAY = timedelta(hours=72)


def own_entries(grant: Grant, *, before: int | None = None, limit: int = PAGE) -> Sequence[EntryRow]:
    """Return what the holder asked, with the outcome, newest first, in their own words."""
    grant.require(Action.LOG_VIEW_OWN)
    found = Body.objects.using(DATABASE).filter(officer=grant.officer)
    if before is not None:
        found = found.filter(entry__lt=before)
    bodies = {row.entry: row.fields for row in found.order_by("-entry")[:limit]}
    return [row for row in entry_rows(bodies, bodies) if row.body.get("officer") == grant.officer]


def entries(
    grant: Grant, *, before: int | None = None, limit: int = PAGE, orders: Iterable[int] = ()
) -> Sequence[EntryRow]:
    """Return headers, newest first: all for oversight; for others the published ones and `orders`, which are public at once."""
    grant.require(Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    found = Entry.objects.using(DATABASE).order_by("-index")
    if before is not None:
        found = found.filter(index__lt=before)
    if grant.action is Action.LOG_VIEW:
        found = found.filter(Q(index__lt=published_size()) | Q(index__in=list(orders)))
    return [_row(row.index, bytes(row.header), bytes(row.leaf), None) for row in found[:limit]]


def entry(grant: Grant, *, number: int) -> EntryRow | None:
    """Return one entry; None if there is none for the holder. Oversight reads the body too, anyone else only their own."""
    grant.require(Action.LOG_VIEW_OWN, Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    bodies = Body.objects.using(DATABASE).filter(entry=number)
    if grant.action is not Action.LOG_VIEW_ALL:
        bodies = bodies.filter(officer=grant.officer)
    texts = {row.entry: row.fields for row in bodies}
    found = entry_rows([number], texts)
    if not found or grant.action is Action.LOG_VIEW_ALL:
        return found[0] if found else None
    if found[0].body.get("officer") == grant.officer:
        return found[0]
    is_public = found[0].header["kind"] == "order" or number < published_size()
    return entry_rows([number], {})[0] if is_public else None


def number_of_token(grant: Grant, *, token: str) -> int | None:
    """Return the number of the refusal or mistake with this `token`; None if there is none for the holder.

    Oversight finds it at once, anyone else once it is published; `RefusalReceipt` says what a token is.
    """
    grant.require(Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    leaf = token.strip().lower()
    if not _TOKEN.fullmatch(leaf):
        return None
    row = UnansweredEntry.objects.using(DATABASE).filter(leaf=leaf).first()
    number = row.entry if row else None
    if number is None and grant.action is Action.LOG_VIEW_ALL:
        number = _searched_for(leaf)
    if (
        number is None
        or not Entry.objects.using(DATABASE).filter(index=number, leaf=bytes.fromhex(leaf)).exists()
    ):
        return None
    return number if grant.action is Action.LOG_VIEW_ALL or number < published_size() else None


def _searched_for(leaf: str) -> int | None:
    # A row removed from the index of entries hides nothing from oversight; this reads every leaf.
    found = Entry.objects.using(DATABASE).filter(leaf=bytes.fromhex(leaf))
    return found.values_list("index", flat=True).first()


def case_uses(grant: Grant, *, most: int = 100) -> Sequence[CaseUse]:
    """Return how often each case grounded an act, and of how many people, most used first: for review by oversight.

    Counted are acts that were allowed, on a case that was open and theirs. Letter case and spaces make no difference.
    """
    grant.require(Action.LOG_VIEW_ALL)
    return _counted(Body.objects.using(DATABASE).exclude(grounded_by=""), most)


def cases_without_effect(grant: Grant, *, most: int = 100) -> Sequence[CaseUse]:
    """Return how often each number was named that grounded nothing: no open case of theirs, or the act was refused."""
    grant.require(Action.LOG_VIEW_ALL)
    return _counted(Body.objects.using(DATABASE).filter(grounded_by=""), most)


def users_of_case(grant: Grant, *, case: str) -> Sequence[tuple[str, int, int]]:
    """Return who named a case number, how often it grounded their act, and how often it did not, most often first."""
    grant.require(Action.LOG_VIEW_ALL)
    rows = Body.objects.using(DATABASE).filter(case=plain_number(case)).values("officer")
    counted = rows.annotate(asks=Count("entry"), grounded=Count("entry", filter=~Q(grounded_by="")))
    return [
        (row["officer"], row["grounded"], row["asks"] - row["grounded"])
        for row in counted.order_by("-asks", "officer")
    ]


def _counted(rows: "QuerySet[Body]", most: int) -> Sequence[CaseUse]:
    counted = (
        rows.exclude(case="")
        .values("case")
        .annotate(asks=Count("entry"), people=Count("officer", distinct=True), last=Max("entry"))
        .order_by("-asks", "case")[:most]
    )
    return [CaseUse(row["case"], row["asks"], row["people"], row["last"]) for row in counted]


def entries_on_cases(grant: Grant, *, cases: Sequence[str]) -> Mapping[str, Sequence[EntryRow]]:
    """Return each entry that names one of these case numbers, oldest first, by number: for review by oversight."""
    grant.require(Action.LOG_VIEW_ALL)
    bodies = Body.objects.using(DATABASE).filter(case__in=[plain_number(case) for case in cases])
    named = {row.entry: row for row in bodies.order_by("entry")}
    found: dict[str, list[EntryRow]] = {}
    for row in reversed(entry_rows(named, {number: body.fields for number, body in named.items()})):
        found.setdefault(named[row.number].case, []).append(row)
    return found


def answers_with(
    grant: Grant, *, record: str, during: tuple[datetime, datetime], exports: Sequence[str] = ()
) -> Sequence[EntryRow]:
    """Return the answers that showed a record, or a range of an export that contained it, newest first.

    `during`: from the first moment up to, but not including, the second. Reads every body that names the record or one of
    `exports`.
    """
    grant.require(Action.LOG_VIEW_ALL)
    wanted = Q(fields__contains=record)
    for export in exports:
        wanted |= Q(fields__contains=export)
    named = Body.objects.using(DATABASE).filter(wanted).order_by("entry")
    texts = dict(named.values_list("entry", "fields"))
    since, until = map(clock.stamp, during)
    return [
        row
        for row in entry_rows(texts, texts)
        if since <= str(row.body.get("time", "")) < until and _showed(row, record, exports)
    ]


def _showed(row: EntryRow, record: str, exports: Sequence[str]) -> bool:
    fetched = row.header["kind"] == "answer" and row.body.get("export") in exports and "range" in row.body
    shown = row.header["decision"] == "allow" and record in row.body.get("shown", ())
    return shown or fetched


@without_grant("public: how many entries everyone may read")
def published_size() -> int:
    """Return how many entries from the first on are published: hours never decrease, so the last is found by binary search."""
    limit = clock.now() - PUBLICATION_DELAY
    return first_from(clock.hour(limit + timedelta(hours=1)))


@without_grant("public: how many entries the log has before an hour")
def first_from(hour: str) -> int:
    """Return the number of the first entry of an hour, as `clock.hour` writes it, or later: hours never decrease."""
    low, high = 0, Entry.objects.using(DATABASE).count()
    while low < high:
        middle = (low + high) // 2
        header = header_of(Entry.objects.using(DATABASE).get(index=middle).header)
        low, high = (middle + 1, high) if header["hour"] < hour else (low, middle)
    return low


@without_grant("reads what it is given")
def header_of(stored: bytes | memoryview) -> dict[str, Any]:
    """Return a header as the table keeps it, by its names."""
    header: dict[str, Any] = json.loads(bytes(stored))
    return header


@without_grant("its callers give it what their grant shows")
def entry_rows(numbers: Iterable[int], bodies: Mapping[int, str]) -> list[EntryRow]:
    """Return entries by number, newest first, each with its body if `bodies` has it."""
    found = Entry.objects.using(DATABASE).filter(index__in=list(numbers)).order_by("-index")
    return [_row(row.index, bytes(row.header), bytes(row.leaf), bodies.get(row.index)) for row in found]


def _row(number: int, header: bytes, leaf: bytes, body: str | None) -> EntryRow:
    fields: dict[str, Any] = json.loads(body) if body else {}
    return EntryRow(
        number=number,
        header=json.loads(header),
        leaf=leaf.hex(),
        body={name: held["value"] for name, held in fields.items() if "value" in held},
        erased=tuple(name for name, held in fields.items() if "value" not in held),
    )
