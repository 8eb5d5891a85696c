"""Links from one person to another: a way to one record. Whoever opens it is decided, and so is whoever gave it."""

from collections.abc import Sequence
from uuid import UUID

from openclear.access import gate
from openclear.records.kinds import searched
from openclear.search.errors import Gone
from openclear.search.models import Link
from openclear.search.rows import LinkRow
from openclear.search.rules import KEEPING, LINK_LIFETIME, for_oneself
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus


def give_link(grant: Grant, *, kind: str, record: UUID) -> LinkRow:
    """Make a link to a record that the holder opened, good for a week and for nobody who may not open it themselves."""
    grant.require(searched(kind).view_action)
    for_oneself(grant)
    gate.log_act(grant, details={"link_to": str(record)})
    moment = clock.now()
    link = Link.objects.create(
        owner=grant.officer, kind=kind, record=record, purpose=grant.purpose, case=grant.inquiry.case,
        state=SavedStatus.ACTIVE, created=moment, expires=moment + LINK_LIFETIME,
    )  # fmt: skip
    return _row(link)


def own_links(grant: Grant) -> Sequence[LinkRow]:
    """Return the holder's links, newest first."""
    grant.require(Action.LINK_KEEP)
    return [_row(link) for link in Link.objects.filter(owner=grant.officer).order_by("-created")[:100]]


def end_link(grant: Grant, *, link: UUID) -> None:
    """End one of the holder's links. Raises Gone where it is none of theirs."""
    grant.require(Action.LINK_KEEP)
    mine = Link.objects.filter(pk=link, owner=grant.officer, state=SavedStatus.ACTIVE)
    if not mine.exists():
        raise Gone("There is no such link.")
    gate.log_act(grant, details={"link_ended": str(link)})
    mine.update(state=SavedStatus.ENDED)


def follow_link(grant: Grant, *, link: UUID) -> LinkRow:
    """Return where a link leads, for whoever may open their desk; the record is then asked for in their own name.

    Raises Gone where there is no such link, or where its giver may not open the record any more: the same words.
    """
    grant.require(Action.DESK_OPEN)
    row = Link.objects.filter(pk=link, state=SavedStatus.ACTIVE, expires__gt=clock.now()).first()
    if row is None or not _may_still_give(row):
        raise Gone("There is no such link, or it has ended.")
    return _row(row)


def _may_still_give(link: Link) -> bool:
    keeps = gate.would_allow(link.owner, Action.LINK_KEEP, purpose=KEEPING)
    return keeps and gate.would_allow(
        link.owner, searched(link.kind).view_action, purpose=Purpose(link.purpose), case=link.case or None
    )


def _row(link: Link) -> LinkRow:
    return LinkRow(link.id, link.kind, link.record, link.purpose, link.case, link.state, link.expires)
