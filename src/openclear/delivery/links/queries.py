"""The links of one person, where a link leads, and the row of each. Opening one is decided for both people."""

from collections.abc import Sequence
from uuid import UUID

from openclear.access import gate
from openclear.delivery.errors import Gone
from openclear.delivery.links.rows import LinkRow
from openclear.delivery.models import Link
from openclear.delivery.rules import KEEPING
from openclear.records.kinds import searched
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant


def own_links(grant: Grant) -> Sequence[LinkRow]:
    """Return the holder's links, newest first."""
    grant.require(Action.LINK_KEEP)
    return [row_of(link) for link in Link.objects.filter(owner=grant.officer).order_by("-created")[:100]]


def follow_link(grant: Grant, *, link: UUID) -> LinkRow:
    """Return where a link leads, for anyone who may open their desk; they then ask for the record in their own name.

    Raises Gone if there is no such link, or if its giver may no longer open the record: the same message.
    """
    grant.require(Action.DESK_OPEN)
    row = Link.objects.filter(pk=link, state=SavedStatus.ACTIVE, expires__gt=clock.now()).first()
    if row is None or not _may_still_give(row):
        raise Gone("There is no such link, or it has ended.")
    return row_of(row)


@without_grant("makes a row from its arguments")
def row_of(link: Link) -> LinkRow:
    """Return a link as it is shown."""
    return LinkRow(link.id, link.kind, link.record, link.purpose, link.case, link.state, link.expires)


def _may_still_give(link: Link) -> bool:
    keeps = gate.would_allow(link.owner, Action.LINK_KEEP, purpose=KEEPING)
    return keeps and gate.would_allow(
        link.owner, searched(link.kind).view_action, purpose=Purpose(link.purpose), case=link.case or None
    )
