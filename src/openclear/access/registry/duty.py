"""Who is on patrol duty: a role that begins and ends at once, for officers of the department."""

from openclear.access import barrier
from openclear.access.gate.epoch import change_by
from openclear.access.models import Affiliation, Officer
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import name_of, second_where_touched
from openclear.access.registry.lookups import officer_row
from openclear.access.registry.queries import employer_of, is_officer_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.roles import Role
from openclear.vocabulary.without_grant import without_grant


@one_at_a_time
def set_patrol(grant: Grant, *, handle: str, on_patrol: bool, approval: Grant | None = None) -> None:
    """Put an officer of the department on patrol duty, or take them off it, from this moment on.

    When it returns no answer for a stop of somebody who is off patrol is handed over. Putting on patrol somebody who is
    tied to an agency that an order touches takes a second person's `approval`; Refused without it. Raises NotPossible
    for anybody who is not an officer of the department, or oneself.
    """
    grant.require(Action.REGISTRY_CHANGE)
    officer = officer_row(handle)
    if not is_officer_of(handle, city().host):
        raise NotPossible(f"{handle} is not an officer of {city().host}; nobody else goes on patrol here.")
    if handle == grant.officer:
        raise NotPossible("Nobody puts themselves on patrol; ask another access administrator.")
    roles = [role for role in officer.roles if role != Role.PATROL]
    ties = Affiliation.objects.filter(officer=officer, until=None).values_list("agency__path", flat=True)
    with barrier.frozen(barrier.lock_of(handle)), change_by(grant) as under_way:
        if on_patrol:
            second_where_touched(grant, approval, *ties)
        facts = {
            "registry": {"change": "on-patrol" if on_patrol else "off-patrol", "agency": employer_of(handle)}
        }
        under_way.entry("registry", facts, {"person": handle, "approved_by": name_of(approval)})
        Officer.objects.filter(pk=officer.pk).update(roles=[*roles, str(Role.PATROL)] if on_patrol else roles)


@without_grant("reads the registry, no record: the desk of accounts shows it")
def patrol() -> dict[str, bool]:
    """Return for each officer of the department, by handle, whether they are on patrol."""
    employed = Affiliation.objects.filter(kind=TieKind.EMPLOYER, until=None).select_related(
        "agency", "officer"
    )
    return {
        tie.officer.handle: Role.PATROL in tie.officer.roles
        for tie in employed
        if is_within(tie.agency.path, city().host) and Role.OFFICER in tie.officer.roles
    }


@without_grant("reads the registry, no record: the search page asks it")
def is_on_patrol(handle: str) -> bool:
    """Say whether a person has the role of patrol now. Only for showing a form: the gate decides what they may."""
    roles = Officer.objects.filter(handle=handle).values_list("roles", flat=True).first()
    return Role.PATROL in (roles or ())
