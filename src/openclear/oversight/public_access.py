"""Who has access and which orders are in force, for the public page: written in the act that changes it.

The port `access.ports.Publication`. Everything written is meant for the public: the headers of orders are published
at once, and the legal basis is the text that two people wrote for this page, never the order's own.
"""

import logging

from openclear.access.orders.publication import ToldAgency, ToldOrder, is_behind, to_be_told
from openclear.access.policy.facts import ALL
from openclear.release.commands import keep_access, shown_epoch
from openclear.release.rows import NewAccess, PublicAgency, PublicOrder
from openclear.vocabulary import clock
from openclear.vocabulary.city import city
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")


class PublicAccess:
    """Writes the complete current state, and reads back what the public side then shows."""

    def publish(self) -> int:
        """Write it and return the epoch shown; a later one that another process wrote meanwhile stays."""
        told = to_be_told()
        orders = [_order(row) for row in told.orders]
        keep_access(NewAccess(told.epoch, clock.now(), orders, [_agency(row) for row in told.agencies]))
        return shown_epoch()


@without_grant("public facts alone: who has access")
def publish_where_behind() -> bool:
    """Publish again if an order or the registry changed since the last publication; return whether that was needed.

    Run at the start and by the worker, to publish what an act could not.
    """
    if to_be_told().epoch <= shown_epoch():
        return False
    PublicAccess().publish()
    return True


@without_grant("public facts alone: who has access")
def page_is_behind() -> bool:
    """Say whether the public page lacks an order's latest state, or cannot be read."""
    try:
        return is_behind(shown_epoch())
    except Exception as error:  # noqa: BLE001 - a public database that is down must not break the orders desk
        alarm.error("the public database does not answer: %s", type(error).__name__)
        return True


def _order(row: ToldOrder) -> PublicOrder:
    order = row.order
    return PublicOrder(
        id=order.id, agency=order.agency, name=row.agency_name, state=order.state,
        scope=() if order.scope == ALL else tuple(order.scope), purposes=() if order.purposes == ALL else tuple(order.purposes),
        since=row.since.astimezone(city().zone).date().isoformat() if row.since else "", basis=row.basis, entry=order.entry,
    )  # fmt: skip


def _agency(row: ToldAgency) -> PublicAgency:
    return PublicAgency(row.path, row.name, row.own, row.agreement, row.until, row.standing)
