"""Could an agency have seen a record on a day, and does the log show that it did? One answer for page and command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from openclear.access import gate
from openclear.access.explanations import CouldHaveSeen, could_have_seen, day_of
from openclear.audit.reading import answers_with
from openclear.audit.rows import EntryRow
from openclear.delivery.exports import fetches_of
from openclear.search.find import handling_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as it was typed. `on`: "" for today; without a record only the form is asked for."""

    agency: str
    record: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the agency could have seen the record, and the answers of that day that showed it to them."""

    record: UUID
    could: CouldHaveSeen
    entries: Sequence[EntryRow]


def open_for(officer: str, question: Question, *, address: str) -> Grant:
    """Return the grant to ask this, with the whole question among its facts. Raises Refused, logged."""
    facts: dict[str, Any] = {"could_see": facts_of(question), "address": address}
    return gate.open_for(officer, Action.LOG_VIEW_ALL, purpose=Purpose.OVERSIGHT_REVIEW, details=facts)


def could_see(grant: Grant, *, question: Question) -> Seen:
    """Return what holds. Raises WrongUsage for what is no id, agency or day, NotPossible where there is no such record."""
    grant.require(Action.LOG_VIEW_ALL)
    record, agency = _record(question.record), agency_path(question.agency)
    day = day_of(question.on) or clock.today()
    handling = handling_of(grant, record=record)
    if handling is None:
        raise NotPossible("There is no such record.")
    could = could_have_seen(grant, agency=agency, dataset=handling[0], labels=handling[1], on=day)
    rows = answers_with(grant, record=str(record), on=str(day), exports=fetches_of(grant, record=record))
    shown = [row for row in rows if any(is_within(one, agency) for one in row.header["agencies"])]
    return Seen(record, could, shown)


def _record(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongUsage("A record is named by its id, as the end of its address shows it.") from None
