"""Giving a link and ending one."""

from uuid import UUID

from openclear.access import gate
from openclear.delivery.errors import Gone
from openclear.delivery.links.queries import row_of
from openclear.delivery.links.rows import LinkRow
from openclear.delivery.models import Link
from openclear.delivery.rules import LINK_LIFETIME, for_oneself
from openclear.records.kinds import searched
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import SavedStatus


def give_link(grant: Grant, *, kind: str, record: UUID) -> LinkRow:
    """Make a link to a record that the holder opened, valid for a week, only for people who may open the record themselves."""
    grant.require(searched(kind).view_action)
    for_oneself(grant)
    gate.log_act(grant, details={"link_to": str(record)})
    moment = clock.now()
    link = Link.objects.create(
        owner=grant.officer, kind=kind, record=record, purpose=grant.purpose, case=grant.inquiry.case,
        state=SavedStatus.ACTIVE, created=moment, expires=moment + LINK_LIFETIME,
    )  # fmt: skip
    return row_of(link)


def end_link(grant: Grant, *, link: UUID) -> None:
    """End one of the holder's links. Raises Gone if it is not theirs."""
    grant.require(Action.LINK_KEEP)
    mine = Link.objects.filter(pk=link, owner=grant.officer, state=SavedStatus.ACTIVE)
    if not mine.exists():
        raise Gone("There is no such link.")
    gate.log_act(grant, details={"link_ended": str(link)})
    mine.update(state=SavedStatus.ENDED)
