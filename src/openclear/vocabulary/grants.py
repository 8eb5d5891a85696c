"""Keys to the records: what a decision lets one person see, once, for one purpose.

Only the gate makes a Grant; it expires with its request and is for one act. It is a plain value:
the gate gives it the function that releases an answer, so nothing below the gate can send data out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import OpenClearError
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose

Response = TypeVar("Response")
# A case is named by its number, of at most 30 characters, or by its id.
LONGEST_CASE = 36


class WrongKey(OpenClearError):
    """A grant for one act was used for another: a bug in the program, never a user's mistake."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """How much of one dataset a decision shows: rows without a refused label and fields that are not hidden, or no row at all.

    `nothing`: not even a row without labels, as under an order on this data set; a mask of labels cannot express
    that.
    """

    dataset: Dataset
    refused_labels: Label
    hidden_fields: frozenset[str]
    nothing: bool = False

    def shows(self, labels: int) -> bool:
        """Say whether the holder may see a row with these labels."""
        return not self.nothing and labels & self.refused_labels == 0

    def sql(self, column: str = "labels") -> str:
        """Return the same filter as an SQL condition, for DuckDB and every engine that reads `column` as an integer."""
        return "1 = 0" if self.nothing else f"({column} & {self.refused_labels.value}) = 0"


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """What is known only of a stop or call that an officer started: whose it is, for which purpose, until when, about what.

    `plate`: the one plate that can be looked up, or "". `records`: each record that can be opened, with its data set.
    """

    officer: str
    purpose: Purpose
    until: datetime
    plate: str = ""
    records: tuple[tuple[Dataset, UUID], ...] = ()

    def covers(self, action: Action, subject: str, number: str) -> bool:
        """Say whether it is about what a request names: its plate, one of its records, or, to add a person, its own number."""
        if action is Action.STOP_IDENTIFY:
            return subject == number
        if action is Action.VEHICLE_SEARCH:
            return bool(self.plate) and subject == self.plate
        return any(action.dataset is dataset and subject == str(record) for dataset, record in self.records)


@dataclass(frozen=True, slots=True)
class Ground:
    """The case, dispatch event or warrant that a request names, as the records have it.

    `agencies`: the agencies that own it or that it was shared with; no other agency can use it. `event`: of a stop or
    call that an officer started, what only those have.
    """

    kind: str
    number: str
    is_open: bool
    labels: int = 0
    agencies: tuple[str, ...] = ()
    event: OwnEvent | None = None

    def is_for(self, agencies: Iterable[str]) -> bool:
        """Say whether the case belongs to, or was shared with, one of `agencies` or an agency above one."""
        return any(is_within(agency, holder) for agency in agencies for holder in self.agencies)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof for the requester that the answer is in the log: entry number and leaf hash (hexadecimal)."""

    entry: int
    leaf: str

    def __str__(self) -> str:
        """Return it as written in the header `OpenCLEAR-Receipt`."""
        return f"{self.entry} {self.leaf}"

    def without_number(self) -> "RefusalReceipt":
        """Return the receipt of an entry that is not an answer."""
        return RefusalReceipt(self.leaf)


@dataclass(frozen=True, slots=True)
class RefusalReceipt:
    """Proof for a requester without an answer that their entry is in the log: a token.

    The token is the entry's leaf hash. It says nothing about the number of other entries: 256 random bits for each
    private field go into it, so the token gives the number of the entry only to people who have the log; they can all
    find it, and the log cannot leave the entry out.
    """

    token: str

    def __str__(self) -> str:
        """Return it as written in the header `OpenCLEAR-Receipt`."""
        return self.token


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: an act, for a purpose, on a case; on behalf of which other agency, and through which integration.

    `case`: the number of a case, dispatch event or warrant as the requester gave it, or "". `ground`: what the
    records say about it. `subject`: what it is about, if the door says so: the id of a record, or the words of a
    search as they are compared. `at_desk`: asked on a page, by the person who is signed in there. `covered`: whether
    the stop or call that is named is about the subject; only the gate sets it.
    """

    action: Action
    purpose: Purpose
    case: str = ""
    ground: Ground | None = None
    on_behalf_of: str | None = None
    through: str | None = None
    subject: str = ""
    at_desk: bool = False
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """The gate's permission for one inquiry. `receipt_marker` is replaced by the receipt when the answer is released.

    `sealings`: the number of sealings before anything was read under this grant. `filters`: the filters of the
    search, as its entry will record them, or None if nothing is searched. `details`: what else its entry records of
    the request; write-only here.
    """

    inquiry: Inquiry
    officer: str
    agencies: tuple[str, ...]
    epoch: int
    sealings: int
    clearances: Mapping[Dataset, Clearance]
    receipt_marker: str
    release_by: Callable[["Grant", Any, Sequence[UUID]], Any] = field(repr=False)
    filters: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """The act that it is for."""
        return self.inquiry.action

    @property
    def purpose(self) -> Purpose:
        """What the act is for."""
        return self.inquiry.purpose

    def require(self, *actions: Action) -> None:
        """Raise WrongKey unless this grant is for one of `actions`."""
        if self.action not in actions:
            message = f"A grant for {self.action} was used for {', '.join(actions)}."
            raise WrongKey(message)

    def require_asked(self, filters: object | None) -> None:
        """Raise WrongKey unless the entry of this grant will record the filters of the question (design, law 2)."""
        if facts_of(filters) != (self.filters or {}):
            message = f"A grant for {self.action} was used with filters that its entry does not record."
            raise WrongKey(message)

    def over(self, dataset: Dataset) -> Clearance:
        """Return the clearance for one dataset. Raises WrongKey if the decision gave none."""
        try:
            return self.clearances[dataset]
        except KeyError:
            message = f"A grant for {self.action} gives no clearance for {dataset}."
            raise WrongKey(message) from None

    def only(self, dataset: Dataset) -> frozenset[UUID] | None:
        """Return the records of a data set that a stop or call limits the holder to, or None without such a limit."""
        ground = self.inquiry.ground
        if ground is None or ground.event is None:
            return None
        return frozenset(record for of, record in ground.event.records if of is dataset)

    def release(self, response: Response, *, shown: Sequence[UUID] = ()) -> Response:
        """Release `response`: decided again, logged, and under the barrier.

        `shown`: ids of the rows in it. Raises what the gate raises: a refusal if an order came into force in between,
        or LogUnavailable.
        """
        released: Response = self.release_by(self, response, shown)
        return released
