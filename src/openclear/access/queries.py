"""Small questions about the registry: who is who, whose token, which agencies, which orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from openclear.access.commands import digest_of
from openclear.access.models import Agency, Officer, OrderState, SignIn, Token
from openclear.vocabulary import clock


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """A person as lists show them."""

    handle: str
    name: str
    title: str
    agencies: tuple[str, ...]
    is_machine: bool


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as lists show it."""

    path: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class OrderHistoryRow:
    """One state that an order was set to."""

    order: str
    agency: str
    state: str
    ground: str
    ordered_by: str
    approved_by: str
    epoch: int
    entry: int


def officer_of_token(text: str) -> str | None:
    """Return whose token this is, or None for one that is not known or has expired."""
    token = Token.objects.filter(digest=digest_of(text), expires__gt=clock.now()).first()
    return token.officer.handle if token else None


def officer_of_session(session: str | None) -> str | None:
    """Return whose session this is, or None."""
    sign_in = SignIn.objects.select_related("officer").filter(session=session or "").first()
    return sign_in.officer.handle if sign_in else None


def officers() -> Sequence[OfficerRow]:
    """Return everyone who is registered, without anything that a record would hold."""
    rows = Officer.objects.prefetch_related("affiliations__agency")
    return [
        OfficerRow(
            officer.handle,
            officer.name,
            officer.title,
            tuple(tie.agency.path for tie in officer.affiliations.all() if tie.until is None),
            bool(officer.machine_purpose),
        )
        for officer in rows
    ]


def agencies() -> Sequence[AgencyRow]:
    """Return the agency tree, root first."""
    return [AgencyRow(row.path, row.name, row.kind) for row in Agency.objects.all()]


def order_history() -> Sequence[OrderHistoryRow]:
    """Return every state of every order, oldest first."""
    return [
        OrderHistoryRow(
            row.order,
            row.agency,
            row.state,
            row.ground,
            row.ordered_by,
            row.approved_by,
            row.epoch,
            row.entry,
        )
        for row in OrderState.objects.order_by("sequence")
    ]
