"""Agreements on access: signed and ended, by two people if an order touches the agency."""

from datetime import date

from openclear.access.gate.epoch import Change, change_by
from openclear.access.models import Agreement
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import name_of, second_where_touched
from openclear.access.registry.lockout import no_lockout
from openclear.access.registry.lookups import agency_row
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant


@one_at_a_time
def sign_agreement(
    grant: Grant,
    *,
    agency: str,
    number: str,
    signed_on: date,
    ends_on: date,
    approval: Grant | None = None,
) -> None:
    """Register an agreement on access for an agency and all below it.

    If an order touches the agency it takes a second person's `approval`; Refused without it.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        second_where_touched(grant, approval, agency)
        facts = {"number": number, "ends_on": str(ends_on), "approved_by": name_of(approval)}
        _entry(under_way, "agreement", agency, facts)
        Agreement.objects.create(
            agency=agency_row(agency), number=number, signed_on=signed_on, ends_on=ends_on
        )


@one_at_a_time
def end_agreement(grant: Grant, *, number: str, ends_on: date, approval: Grant | None = None) -> None:
    """Let an agreement end on another day, even today. Raises NotPossible if no agreement has that number.

    If an order touches its agency it takes a second person's `approval`; Refused without it.
    """
    grant.require(Action.REGISTRY_CHANGE)
    agreement = Agreement.objects.select_related("agency").filter(number=number).first()
    if agreement is None:
        message = f"There is no agreement {number}."
        raise NotPossible(message)
    with change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, agreement.agency.path)
        facts = {"number": number, "ends_on": str(ends_on), "approved_by": name_of(approval)}
        _entry(under_way, "agreement", agreement.agency.path, facts)
        Agreement.objects.filter(pk=agreement.pk).update(ends_on=ends_on)


def _entry(under_way: Change, what: str, agency: str, body: dict[str, str]) -> None:
    under_way.entry("registry", {"registry": {"change": what, "agency": agency}}, body)
