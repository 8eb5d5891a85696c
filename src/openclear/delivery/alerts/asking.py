"""Running every alert again, each in the name of its owner, and reporting what is new. Decided again each time.

A message never contains a record: it says that there is something to look at, and looking asks the gate.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from openclear.access import gate
from openclear.access.errors import RecordsChanged, Refused
from openclear.access.registry.queries import mail_of
from openclear.delivery.alerts.addresses import check_target
from openclear.delivery.alerts.commands import remember
from openclear.delivery.alerts.sending import Delivery, NotDelivered
from openclear.delivery.lanes import Lanes
from openclear.delivery.models import Alert, AlertHit
from openclear.delivery.rules import KEEPING, filters_of
from openclear.records.kinds import searched
from openclear.search.stream import ids_found
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

# From at most 500 rows at first (`commands`), an alert may grow to ten times as many in its 90 days.
MOST_FOUND = 5000
# Several slow emails for one owner, one after another.
WAIT_SECONDS = 120.0
lanes = Lanes()
alarm = logging.getLogger("openclear.alarm")
# Refusals about the server, not about the requester: the next run may succeed.
PASSING = frozenset(
    {"rules-of-another-version", "policy-error", "rules-disagree", "rules-changed", "incomplete-chain"}
)


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def run_alerts() -> int:
    """Run every alert once and wait for deliveries; return how many had something new that was delivered."""
    told = start_alerts()
    wait_for_alerts()
    return sum(told)


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def start_alerts() -> Sequence[bool]:
    """Run every alert once, each in the name of its owner. Called by the worker, which does not wait for receivers.

    Returns a list that grows by one value for each alert: whether its owner was notified of something new.
    """
    Alert.objects.filter(state=SavedStatus.ACTIVE, expires__lte=clock.now()).update(state=SavedStatus.ENDED)
    told: list[bool] = []
    # The alert that ran longest ago comes first, so an alert for which there was no lane gets its turn.
    for alert in Alert.objects.filter(state=SavedStatus.ACTIVE).order_by("asked"):
        if alert.channel == "page":
            told.append(_ask_safely(alert.pk))
        else:
            receiver = urlsplit(alert.address).netloc or settings.MAIL_SERVER
            lanes.hand(_asking(alert.pk, told), key=alert.pk, receiver=receiver, owner=alert.owner)
    return told


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def wait_for_alerts() -> bool:
    """Wait for running deliveries; False if some are still running after the time that a lane may take for a few."""
    return lanes.wait(WAIT_SECONDS)


def _asking(key: UUID, told: list[bool]) -> Callable[[], None]:
    return lambda: told.append(_ask_safely(key))


def _ask_safely(key: UUID) -> bool:
    try:
        return _ask(key)
    except Exception as error:  # noqa: BLE001 - an error in one alert must not stop the others
        alarm.error("alert %s failed: %s", key, type(error).__name__)
        return False


def _ask(key: UUID) -> bool:
    alert = Alert.objects.filter(pk=key, state=SavedStatus.ACTIVE).first()
    if alert is None:
        return False
    asked = search_facts(alert.text, alert.filters)
    try:
        grant = gate.open_for(
            alert.owner,
            searched(alert.kind).list_action,
            purpose=Purpose(alert.purpose),
            case=alert.case or None,
            filters=asked.pop("filters"),
            details={"alert": str(alert.id), **asked},
        )
        keeping = gate.open_for(
            alert.owner, Action.ALERT_KEEP, purpose=KEEPING, details={"alert": str(alert.id)}
        )
        return _tell(alert, grant, keeping)
    except Refused as error:
        if not _will_pass(error):
            # Ended by an order, or on a closed case: running it again would only log refusals, every minute.
            Alert.objects.filter(pk=key).update(state=SavedStatus.ENDED)
        return False
    except WrongUsage:
        alarm.error("alert %s ended: its receiver is not among those that webhook_targets allows", key)
        Alert.objects.filter(pk=key).update(state=SavedStatus.ENDED)
        return False
    except (NotDelivered, RecordsChanged):
        return False  # the hits are not stored, so the next run reports them


def _tell(alert: Alert, grant: Grant, keeping: Grant) -> bool:
    filters = filters_of(alert.kind, alert.filters)
    found = ids_found(grant, kind=alert.kind, text=alert.text, most=MOST_FOUND, filters=filters)
    known = set(AlertHit.objects.filter(alert=alert).values_list("record", flat=True))
    new = [record for record in found if record not in known]
    Alert.objects.filter(pk=alert.pk).update(asked=clock.now())
    if not new:
        return False
    if alert.channel == "page":
        with gate.handing_over():
            gate.release_together(str(alert.id), [(grant, new), (keeping, ())])
    else:
        _send(alert, grant, keeping, new)
    remember(alert, new, clock.now())
    return True


def _send(alert: Alert, grant: Grant, keeping: Grant, new: Sequence[UUID]) -> None:
    # The connection is open before the decision, and the decision is made before a byte of the message: an order that
    # comes later resets the connection. Rows and case are decided again before the last byte.
    with Delivery(alert.channel, _address_of(alert), alert.secret) as delivery:
        gate.release_together(str(alert.id), [(grant, new), (keeping, ())])
        delivery.carry(gate.taken())
        delivery.send(alert.id, len(new), decide=partial(_decide_again, grant, keeping))


def _address_of(alert: Alert) -> str:
    # Checked at each sending: an address that the operator took off the list is no longer called.
    if alert.channel == "webhook":
        return check_target(alert.address, settings.WEBHOOK_TARGETS)
    return mail_of(alert.owner)


def _decide_again(*grants: Grant) -> None:
    for grant in grants:
        gate.recheck(grant)


def _will_pass(error: Refused) -> bool:
    return any(rule.id in PASSING for rule in error.verdict.rules)
