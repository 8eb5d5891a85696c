"""The entries that a reader looks for in the log: by day, outcome, act and agency, for oversight also by person and case.

A page reads a limited part of the log; where it ends without enough entries it says at which one to continue.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from openclear.audit.models import Body, Entry
from openclear.audit.reading import DATABASE, PAGE, entry_rows, first_from, header_of, published_size
from openclear.audit.rows import EntryRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant

# Entries that one page reads at most: two tenths of a second.
MOST_READ = 20_000
DECISIONS = {"allow": "answered", "deny": "refused", "error": "error", "none": "noted"}
KINDS = {
    "answer": "answer", "refusal": "refusal", "error": "error", "command": "act", "attempt": "attempt", "outcome": "outcome",
    "order": "order", "in-force": "order in force", "affiliation": "tie to an agency", "registry": "agencies and accounts",
    "policy": "rules", "edition": "public edition", "erase": "erasure", "boot": "start of the server",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """Filters of entries. Days are the city's. `action`: an act such as `person.search`, or all of `person`.

    `agency`: and all below it. `officer`, `case`: private, so for oversight only.
    """

    since: date | None = field(default=None, metadata=parameter("From"))
    until: date | None = field(default=None, metadata=parameter("To"))
    decision: str = field(default="", metadata=parameter("Outcome", choices=DECISIONS))
    kind: str = field(default="", metadata=parameter("What", choices=KINDS))
    action: str = field(default="", metadata=parameter("Act", longest=40))
    agency: str = field(default="", metadata=parameter("Agency", longest=200))
    officer: str = field(default="", metadata=parameter("Handle", longest=40))
    case: str = field(default="", metadata=parameter("Case", longest=40))


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """A page of entries, newest first. `next`: where to continue, None at the end; `read`: how many entries were looked at."""

    rows: Sequence[EntryRow]
    next: int | None
    read: int


def filtered(
    grant: Grant, *, filters: EntryFilters, before: int | None = None, orders: Iterable[int] = ()
) -> FoundEntries:
    """Return the newest entries under these filters, below number `before`: all for oversight, otherwise those published.

    `orders`: numbers of entries that are public at once. With the body where the holder may read it. Raises WrongUsage if
    anyone but oversight asks by person or case.
    """
    grant.require(Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    grant.require_asked(filters)
    if (filters.officer or filters.case) and grant.action is not Action.LOG_VIEW_ALL:
        raise WrongUsage("Only oversight finds entries by person or case; leave both fields empty.")
    open_to = _limited(_open_to(grant, orders), filters, before)
    numbers, read, last = [], 0, None
    for number, header in open_to.values_list("index", "header")[:MOST_READ].iterator():
        read, last = read + 1, number
        if _matches(header_of(header), filters):
            numbers.append(number)
        if len(numbers) == PAGE:
            break
    is_more = last and (len(numbers) == PAGE or read == MOST_READ)
    return FoundEntries(_with_bodies(grant, numbers), last if is_more else None, read)


def _open_to(grant: Grant, orders: Iterable[int]) -> "QuerySet[Entry]":
    every = Entry.objects.using(DATABASE).order_by("-index")
    if grant.action is Action.LOG_VIEW_ALL:
        return every
    return every.filter(Q(index__lt=published_size()) | Q(index__in=list(orders)))


def _limited(found: "QuerySet[Entry]", filters: EntryFilters, before: int | None) -> "QuerySet[Entry]":
    if before is not None:
        found = found.filter(index__lt=before)
    if filters.since:
        found = found.filter(index__gte=first_from(_hour_of(filters.since)))
    if filters.until:
        found = found.filter(index__lt=first_from(_hour_of(filters.until + timedelta(days=1))))
    private = {"officer": filters.officer.lower(), "case": filters.case.upper()}
    named = {name: value for name, value in private.items() if value}
    if named:
        found = found.filter(index__in=Body.objects.using(DATABASE).filter(**named).values("entry"))
    return found


def _hour_of(day: date) -> str:
    # The hour in which a day of the city begins.
    return clock.hour(datetime(day.year, day.month, day.day, tzinfo=city().zone))


def _matches(header: Mapping[str, Any], filters: EntryFilters) -> bool:
    act = filters.action.strip().lower()
    agency = filters.agency.strip().lower()
    return (
        filters.decision in {"", header["decision"]}
        and filters.kind in {"", header["kind"]}
        and (not act or header["action"] == act or header["action"].startswith(f"{act}."))
        and (not agency or any(is_within(one, agency) for one in header["agencies"]))
    )


def _with_bodies(grant: Grant, numbers: Sequence[int]) -> Sequence[EntryRow]:
    bodies = Body.objects.using(DATABASE).filter(entry__in=numbers)
    if grant.action is not Action.LOG_VIEW_ALL:
        bodies = bodies.filter(officer=grant.officer)
    texts = dict(bodies.values_list("entry", "fields"))
    if grant.action is not Action.LOG_VIEW_ALL:
        # The column is only an index; whose an entry is, its body says.
        own = {row.number for row in entry_rows(texts, texts) if row.body.get("officer") == grant.officer}
        texts = {number: text for number, text in texts.items() if number in own}
    return entry_rows(numbers, texts)
