"""When the tree of agencies changes: moved, renamed, merged, split. An order in force moves along and is never weakened.

Each act holds the barrier of the agency from before its entry until after its commit, so every answer was either sent
under the old place or is decided at the new one.
"""

from collections.abc import Sequence

from openclear.access import barrier
from openclear.access.gate.epoch import Change, change_by
from openclear.access.models import Affiliation, Agency, AgencyMove, OrderPlace, OrderState
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.commands import NewAgency, add_agency, agency_name, was_used
from openclear.access.registry.following import follow
from openclear.access.registry.guarded import second_where_touched
from openclear.access.registry.lockout import no_lockout
from openclear.access.registry.lookups import agency_row, officer_row
from openclear.access.registry.ties import end_ties, tie
from openclear.audit.proof.orders import followed
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, chain, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant


@one_at_a_time
def move_agency(grant: Grant, *, agency: str, to: str, approval: Grant | None = None) -> None:
    """Give an agency, and all below it, another path: another parent, or another last word.

    Every order that covers it covers that place too, even if it was free before. A move that touches an order, at the old
    or the new place, takes a second person's `approval`; Refused without it. Raises NotPossible for the
    department itself, its oversight, and a place that is taken or was ever used.
    """
    grant.require(Action.REGISTRY_CHANGE)
    _move(grant, "moved", agency, agency_path(to), approval)


@one_at_a_time
def rename_agency(grant: Grant, *, agency: str, name: str, approval: Grant | None = None) -> None:
    """Give an agency another name; its path, and with it every order, stays.

    The public page names orders by agency: if an order touches it, another name takes a second person.
    """
    grant.require(Action.REGISTRY_CHANGE)
    if not name.strip():
        raise WrongUsage("Give the agency its new name.")
    with change_by(grant) as under_way:
        second_where_touched(grant, approval, agency)
        row = agency_row(agency)
        name = agency_name(name, path=row.path)
        under_way.entry(
            "registry", {"registry": {"change": "renamed", "agency": agency}}, {"name": name, "was": row.name}
        )
        Agency.objects.filter(pk=row.pk).update(name=name)


@one_at_a_time
def merge_agency(grant: Grant, *, agency: str, into: str, approval: Grant | None = None) -> str:
    """Make an agency part of another and return its new path. It keeps its people and orders, and takes nobody new.

    So a merger does not free those who were cut off. If it touches an order it takes a second person, as a move does.
    """
    grant.require(Action.REGISTRY_CHANGE)
    to = f"{agency_path(into)}.{agency_path(agency).rpartition('.')[2]}"
    _move(grant, "merged", agency, to, approval)
    return to


@one_at_a_time
def split_agency(
    grant: Grant, *, agency: str, new: NewAgency, people: Sequence[str], approval: Grant | None = None
) -> None:
    """Make a new agency from a part of another; the people named move with their ties. Orders on the old cover the new.

    If it touches an order it takes a second person, as a move does.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with barrier.frozen(agency_path(agency)), change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, agency, new.path)
        old = agency_row(agency)
        _check_outside(agency, new.path)
        add_agency(under_way, new, split_from=agency)
        entry = under_way.entries[-1]
        _carry_orders(agency, new.path)
        AgencyMove.objects.create(kind="split", old=agency, new=new.path, moment=clock.now(), entry=entry)
        for handle in people:
            _carry_person(under_way, handle, old, new.path, approval.officer if approval else "")


def _move(grant: Grant, kind: str, old: str, new: str, approval: Grant | None) -> None:
    with barrier.frozen(agency_path(old)), change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, old, new)
        row = agency_row(old)
        _check_place(old, new)
        facts = {"registry": {"change": kind, "agency": new, "from": old}}
        second = approval.officer if approval else ""
        entry = under_way.entry("registry", facts, {"name": row.name, "approved_by": second})
        # A crash on this line leaves an entry that the start declares void; the log's own rule keeps the order
        # over both places, which is the harmless direction.
        _carry_orders(old, new)
        for moved in Agency.objects.filter(path__startswith=f"{old}."):
            Agency.objects.filter(pk=moved.pk).update(path=new + moved.path[len(old) :])
        closed = clock.today() if kind == "merged" else row.closed_on
        Agency.objects.filter(pk=row.pk).update(path=new, closed_on=closed)
        AgencyMove.objects.create(kind=kind, old=old, new=new, moment=clock.now(), entry=entry)
        follow(old, new)


def _check_place(old: str, new: str) -> None:
    if any(is_within(home, old) for home in (city().host, city().oversight)):
        raise NotPossible(
            f"{old} contains the department itself or its oversight, so its path cannot be changed."
        )
    _check_outside(old, new)
    if is_within(new, old):
        raise WrongUsage(f"{new} is within {old}; choose a path outside it.")
    parent = new.rpartition(".")[0]
    known = (
        set(Agency.objects.filter(path__in=chain(parent)).values_list("path", flat=True)) if parent else set()
    )
    missing = [link for link in (chain(parent) if parent else ()) if link not in known]
    if missing:
        raise NotPossible(f"Register {missing[0]} first: an agency must be under a registered one.")
    if Agency.objects.filter(path=new).exists() or was_used(new):
        raise NotPossible(f"{new} is registered already, or was once; paths are never used twice.")


def _check_outside(old: str, new: str) -> None:
    # The city's own need no agreement, and no order may name the department: nobody is moved into it.
    if is_within(new, city().root) and not is_within(old, city().root):
        raise NotPossible(
            f"{old} is not one of the city's agencies and cannot become one; register a new one."
        )


def _carry_orders(old: str, new: str) -> None:
    for identity, agency in set(OrderState.objects.values_list("order", "agency")):
        places = {agency, *OrderPlace.objects.filter(order=identity).values_list("agency", flat=True)}
        for place in followed(places, old, new) - places:
            OrderPlace.objects.get_or_create(order=identity, agency=place)


def _carry_person(under_way: Change, handle: str, old: Agency, new: str, approved_by: str) -> None:
    officer = officer_row(handle)
    if not Affiliation.objects.filter(officer=officer, agency=old, until=None).exists():
        raise NotPossible(f"{handle} has no tie to {old.path} that could be transferred.")
    for kind in end_ties(under_way, officer, old.path, approved_by):
        tie(under_way, officer, new, kind, approved_by=approved_by)
