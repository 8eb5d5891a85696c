"""Could an agency have seen a record on a day, and does the log show that it did? The same answer for page and command."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from openclear.access.explanations import CouldHaveSeen, could_have_seen, day_of
from openclear.audit.reading import answers_with
from openclear.audit.rows import EntryRow
from openclear.delivery.exports import fetches_of
from openclear.search.find import handling_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant


@dataclass(frozen=True, slots=True)
class Question:
    """The question as typed. `on`: "" for today; without a record, only the form is shown."""

    agency: str = field(
        default="", metadata=parameter("Agency", longest=200, example="us.dhs.ice", needed=True)
    )
    record: str = field(
        default="",
        metadata=parameter(
            "Record", longest=200, example="0b8f3c1e-6f0f-5a51-9a3a-3f1f6a7d2c11", needed=True
        ),
    )
    on: str = field(default="", metadata=parameter("Day", longest=10, example="2019-07-12", day=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the agency could have seen the record, and the answers of that day that showed it to them."""

    record: UUID
    could: CouldHaveSeen
    entries: Sequence[EntryRow]


def could_see(grant: Grant, *, question: Question) -> Seen:
    """Return the answer. Raises WrongUsage for an invalid id, agency or date, NotPossible if there is no such record."""
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
        raise WrongUsage("Enter the record's id, as at the end of its address.") from None
