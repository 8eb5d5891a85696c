"""What partner agencies are told of an order beforehand: what changes for others, and that nothing changes for them.

In 2025 a county ended a shared tool without a word to those who used it daily; they lost a day's work and the trust.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openclear.access import gate
from openclear.access.gate.standing import read_standing
from openclear.access.models import AgencyMove, Notice
from openclear.access.orders.plans import untouched_agencies
from openclear.access.policy.facts import OrderRow
from openclear.access.registry.acts import one_at_a_time
from openclear.audit.proof.orders import followed
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant

SHOWN_FOR = timedelta(days=30)
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as its readers see it."""

    about: str
    text: str
    since: datetime


@one_at_a_time
def announce(grant: Grant, *, order: OrderRow, text: str) -> Sequence[str]:
    """Tell every partner agency that keeps its access; return which. The agency that loses access is not told.

    Raises WrongUsage without a text.
    """
    grant.require(Action.ORDER_CUT_OFF)
    if not 0 < len(text.strip()) <= LONGEST:
        raise WrongUsage(f"Write what the partner agencies are told, in at most {LONGEST} characters.")
    told = untouched_agencies(order, read_standing().orders)
    gate.log_act(grant, details={"told": told, "about": order.agency, "text": text.strip()})
    moment = clock.now()
    Notice.objects.bulk_create(
        Notice(
            agency=agency, about=order.agency, text=text.strip(), written_by=grant.officer, since=moment,
            until=moment + SHOWN_FOR,
        )
        for agency in told
    )  # fmt: skip
    return told


def notices_for(grant: Grant) -> Sequence[NoticeRow]:
    """Return what the holder's agencies are told now, newest first, each once."""
    grant.require(Action.DESK_OPEN)
    rows = Notice.objects.filter(agency__in=grant.agencies, until__gt=clock.now()).order_by("-since")
    # Anyone tied to the agency that loses access is not told, under any of their ties.
    told = {row.about: _places_of(row.about) for row in rows}
    spared = [
        row
        for row in rows
        if not any(is_within(own, about) for own in grant.agencies for about in told[row.about])
    ]
    return list(dict.fromkeys(NoticeRow(row.about, row.text, row.since) for row in spared))


def _places_of(agency: str) -> set[str]:
    # An agency split off the one that a notice is about is not told either.
    places = {agency}
    for old, new in AgencyMove.objects.order_by("pk").values_list("old", "new"):
        places = followed(places, old, new)
    return places


def told_of(grant: Grant, *, agency: str) -> Sequence[str]:
    """Return which agencies were told of an order on `agency`."""
    grant.require(Action.ORDER_CUT_OFF, Action.REGISTRY_LIST)
    return sorted(set(Notice.objects.filter(about=agency).values_list("agency", flat=True)))
