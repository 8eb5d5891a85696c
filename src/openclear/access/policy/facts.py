"""What the gate decides on: frozen facts about a person, a request, an order, a decision."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from openclear.vocabulary.agencies import is_within

ALL = "all"


@dataclass(frozen=True, slots=True)
class AffiliationRow:
    """One dated tie to an agency and the log entry that set it."""

    agency: str
    kind: str
    since: date
    until: date | None
    entry: int

    def holds_on(self, day: date) -> bool:
        """Say whether the tie exists on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One term of an agreement, both days included. `datasets`, `purposes`: what the agency may ask for under it.

    `ended`: the moment from which on it gives no access, before its last day. `signed`: when it was registered here.
    """

    agency: str
    starts_on: date
    ends_on: date
    datasets: tuple[str, ...]
    purposes: tuple[str, ...]
    ended: datetime | None = None
    signed: datetime | None = None

    def at(self, moment: datetime) -> "AgreementRow | None":
        """Return the term as it was at a moment: not yet ended if it was ended later; None if it was signed later on its first day."""
        if self.signed is not None and self.signed > moment and self.signed.date() == self.starts_on:
            return None
        return replace(self, ended=None) if self.ended is not None and self.ended > moment else self

    def in_force_on(self, day: date) -> bool:
        """Say whether the term is in force on `day`, at its end."""
        is_ended = self.ended is not None and self.ended.date() <= day
        return self.starts_on <= day <= self.ends_on and not is_ended


@dataclass(frozen=True, slots=True)
class Requester:
    """Everything that the registry knows of one requester at one epoch."""

    handle: str
    name: str
    title: str
    roles: tuple[str, ...]
    certified_until: date
    machine_purpose: str
    is_integration: bool
    is_active: bool
    temporary_until: datetime | None
    affiliations: tuple[AffiliationRow, ...]
    agreements: tuple[AgreementRow, ...]
    registered: frozenset[str]


@dataclass(frozen=True, slots=True)
class RequesterClass:
    """The class of requesters that a decision is made for; two people of one class get one decision.

    `datasets`: the data sets of records that every agency's agreement names for the purpose that is asked for.
    """

    agencies: tuple[str, ...]
    roles: tuple[str, ...]
    host: bool
    agreed: bool
    certified: bool
    machine_purpose: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as it stands. `scope` and `purposes`: "all", or the names it is limited to.

    `places`: where else in the tree it holds, because an agency under it was moved, renamed, merged or split.
    `public_basis`: its legal basis in words for the public, if it has any; `legal_basis` is never published.
    """

    id: str
    agency: str
    state: str
    scope: str | tuple[str, ...]
    purposes: str | tuple[str, ...]
    legal_basis: str
    entry: int
    places: tuple[str, ...] = ()
    public_basis: str = ""

    def covers_agency(self, agency: str) -> bool:
        """Say whether the order covers `agency`: its own agency, all below it, and where those moved."""
        return any(is_within(agency, place) for place in (self.agency, *self.places))

    def covers_inquiry(self, dataset: str, purpose: str) -> bool:
        """Say whether the order's scope and purposes mean a request."""
        return (self.scope == ALL or dataset in self.scope) and (
            self.purposes == ALL or purpose in self.purposes
        )

    def header(self) -> dict[str, Any]:
        """Return the public words of the order, as the log writes them."""
        scope = self.scope if self.scope == ALL else list(self.scope)
        purposes = self.purposes if self.purposes == ALL else list(self.purposes)
        return {
            "id": self.id,
            "agency": self.agency,
            "state": self.state,
            "scope": scope,
            "purposes": purposes,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The epoch, the orders in force, the digest of the rules that count and the count of sealings, read in one statement."""

    epoch: int
    orders: tuple[OrderRow, ...]
    rules: str | None = None
    sealings: int = 0
