"""Could an agency have seen a record on a day, and does the log show that it did? The same answer for page and command."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from openclear.access.explanations import CouldHaveSeen, Handled, could_have_seen, day_of
from openclear.audit.reading import answers_with
from openclear.audit.rows import EntryRow
from openclear.delivery.exports import fetches_of
from openclear.records.sealing import sealings_of
from openclear.search.find import handling_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.days import bounds_of_day, clock_time, today_here
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


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
    """Whether the agency could have seen the record, and the answers of that day that showed it to them.

    An answer shows a record if it is its subject, a row of its list, or named in the page of another record.
    """

    record: UUID
    could: CouldHaveSeen
    entries: Sequence[EntryRow]

    def could_at(self, entry: EntryRow) -> bool:
        """Say whether the agency could have seen the record when one of these entries was made, by orders, rules and labels."""
        made = moment_of(entry)
        return any(part.could for part in self.could.parts if made and part.since <= made < part.until)


def could_see(grant: Grant, *, question: Question) -> Seen:
    """Return the answer. Raises WrongUsage for an invalid id, agency or date, NotPossible if there is no such record."""
    grant.require(Action.LOG_VIEW_ALL)
    record, agency = _record(question.record), agency_path(question.agency)
    day = day_of(question.on) or today_here()
    handling = handling_of(grant, record=record)
    if handling is None:
        raise NotPossible("There is no such record.")
    row = Handled(*handling, sealings_of(grant, record=record))
    could = could_have_seen(grant, agency=agency, row=row, on=day)
    during = bounds_of_day(day)
    rows = answers_with(grant, record=str(record), during=during, exports=fetches_of(grant, record=record))
    shown = [row for row in rows if any(is_within(one, agency) for one in row.header["agencies"])]
    return Seen(record, could, shown)


@without_grant("makes a text of an entry that `could_see` returned")
def time_of(entry: EntryRow) -> str:
    """Return when an entry was made, by the city's clock; "" if its time was erased."""
    made = moment_of(entry)
    return clock_time(made) if made else ""


@without_grant("makes a value of an entry that `could_see` returned")
def moment_of(entry: EntryRow) -> datetime | None:
    """Return when an entry was made; None if its time was erased."""
    text = str(entry.body.get("time", ""))
    return datetime.fromisoformat(text) if text else None


def _record(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongUsage("Enter the record's id, as at the end of its address.") from None
