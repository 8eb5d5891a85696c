"""Alerts: saved searches that tell their owner of new hits. Decided again at each asking, and ended by an order.

What is sent never holds a record: it says that there is something to look at, and looking asks the gate.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from openclear.access import gate
from openclear.access.errors import RecordsChanged, Refused
from openclear.access.registry.queries import mail_of
from openclear.audit import log
from openclear.records.kinds import searched
from openclear.records.rules import civil_form_in
from openclear.records.streaming import count_there, ids_found
from openclear.search.addresses import check_target
from openclear.search.delivery import Delivery, NotDelivered
from openclear.search.errors import Gone
from openclear.search.lanes import Lanes
from openclear.search.models import Alert, AlertHit
from openclear.search.rows import AlertRow
from openclear.search.rules import (
    ALERT_LIFETIME,
    CHANNELS,
    KEEPING,
    MOST_ALERTS,
    filters_of,
    for_oneself,
)
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of, search_facts
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

# An alert begins with at most so many rows; it may grow to ten times as many in its 90 days.
MOST_KNOWN, MOST_FOUND = 500, 5000
# Several slow letters of one owner, one after the other.
WAIT_SECONDS = 120.0
lanes = Lanes()
alarm = logging.getLogger("openclear.alarm")
# Refusals that speak of the server, not of the asker: the next asking may succeed.
PASSING = frozenset(
    {"rules-of-another-version", "policy-error", "rules-disagree", "rules-changed", "incomplete-chain"}
)


def keep_alert(
    grant: Grant,
    *,
    kind: str,
    text: str,
    channel: str,
    address: str = "",
    filters: Mapping[str, Any] | None = None,
) -> AlertRow:
    """Keep an alert on a search that the holder may make now, for 90 days. What it finds today is no news.

    Raises WrongUsage without a text or for an address that is not allowed; NotPossible beyond 50 alerts, for what
    finds too much, and for civil immigration matters, which no alert may speak of (NCIC immigration violator hits).
    """
    grant.require(searched(kind).list_action)
    for_oneself(grant)
    text = log.spelled(text)  # what is kept, so that an erasure finds it by the words of an entry
    _check(grant, text, channel)
    target = check_target(address, settings.WEBHOOK_TARGETS) if channel == "webhook" else ""
    known = ids_found(grant, kind=kind, text=text, most=MOST_KNOWN + 1, filters=filters)
    if len(known) > MOST_KNOWN:
        raise NotPossible(f"This search finds more than {MOST_KNOWN} rows; an alert needs a narrower one.")
    asked = search_facts(text, filters)
    told = {"alert": kind, "channel": channel, "sent_to": target}
    gate.log_act(grant, filters=asked.pop("filters"), details=told | asked)
    moment = clock.now()
    alert = Alert.objects.create(
        owner=grant.officer, kind=kind, purpose=grant.purpose, case=grant.inquiry.case, text=text.strip(),
        state=SavedStatus.ACTIVE, created=moment, expires=moment + ALERT_LIFETIME, channel=channel, address=target,
        secret=secrets.token_hex(32), asked=moment, filters=log.spelled(facts_of(filters)),
    )  # fmt: skip
    _remember(alert, known, moment)
    return _row(grant, alert)


def own_alerts(grant: Grant) -> Sequence[AlertRow]:
    """Return the holder's alerts, newest first."""
    grant.require(Action.ALERT_KEEP)
    return [
        _row(grant, alert) for alert in Alert.objects.filter(owner=grant.officer).order_by("-created")[:100]
    ]


def end_alert(grant: Grant, *, alert: UUID) -> None:
    """End one of the holder's alerts. Raises Gone where it is none of theirs."""
    grant.require(Action.ALERT_KEEP)
    mine = Alert.objects.filter(pk=alert, owner=grant.officer, state=SavedStatus.ACTIVE)
    if not mine.exists():
        raise Gone("There is no such alert.")
    gate.log_act(grant, details={"alert_ended": str(alert)})
    mine.update(state=SavedStatus.ENDED)


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def run_alerts() -> int:
    """Ask every alert once more and wait for what is sent; return how many had something new that was delivered."""
    told = start_alerts()
    wait_for_alerts()
    return sum(told)


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def start_alerts() -> Sequence[bool]:
    """Ask every alert once more, each in the name of its owner. Run by the worker, which waits for no receiver.

    Returns a list that grows by one word for each alert that was asked: whether its owner was told of something new.
    """
    Alert.objects.filter(state=SavedStatus.ACTIVE, expires__lte=clock.now()).update(state=SavedStatus.ENDED)
    told: list[bool] = []
    # The one that was asked longest ago comes first, so an alert for which there was no place has its turn.
    for alert in Alert.objects.filter(state=SavedStatus.ACTIVE).order_by("asked"):
        if alert.channel == "page":
            told.append(_ask_safely(alert.pk))
        else:
            receiver = urlsplit(alert.address).netloc or settings.MAIL_SERVER
            lanes.hand(_asking(alert.pk, told), key=alert.pk, receiver=receiver, owner=alert.owner)
    return told


@without_grant("the worker's duty: each alert opens the gate in the name of its owner")
def wait_for_alerts() -> bool:
    """Wait for what is being sent; False where something still is after as long as a lane may take for a few."""
    return lanes.wait(WAIT_SECONDS)


def _asking(key: UUID, told: list[bool]) -> Callable[[], None]:
    return lambda: told.append(_ask_safely(key))


def _ask_safely(key: UUID) -> bool:
    try:
        return _ask(key)
    except Exception as error:  # noqa: BLE001 - what is wrong with one alert must not silence the others
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
            # Ended by an order, or on a case that was closed: asked again it would only write refusals, every minute.
            Alert.objects.filter(pk=key).update(state=SavedStatus.ENDED)
        return False
    except WrongUsage:
        alarm.error("alert %s ended: its receiver is not among those that webhook_targets allows", key)
        Alert.objects.filter(pk=key).update(state=SavedStatus.ENDED)
        return False
    except (NotDelivered, RecordsChanged):
        return False  # the hits are not remembered, so the next asking tells them


def _tell(alert: Alert, grant: Grant, keeping: Grant) -> bool:
    filters = filters_of(alert.kind, alert.filters)
    found = ids_found(grant, kind=alert.kind, text=alert.text, most=MOST_FOUND, filters=filters)
    known = set(AlertHit.objects.filter(alert=alert).values_list("record", flat=True))
    new = [record for record in found if record not in known]
    Alert.objects.filter(pk=alert.pk).update(asked=clock.now())
    if not new:
        return False
    if alert.channel == "page":
        gate.release_together(str(alert.id), [(grant, new), (keeping, ())])
        gate.let_go()
    else:
        _send(alert, grant, keeping, new)
    _remember(alert, new, clock.now())
    return True


def _send(alert: Alert, grant: Grant, keeping: Grant, new: Sequence[UUID]) -> None:
    # The line is open before the decision, and the decision is made before a byte of the message: an order that comes
    # later resets the line. Rows and case are decided again before its last byte.
    with Delivery(alert.channel, _address_of(alert), alert.secret) as delivery:
        gate.release_together(str(alert.id), [(grant, new), (keeping, ())])
        delivery.carry(gate.taken())
        delivery.send(alert.id, len(new), decide=partial(_decide_again, grant, keeping))


def _address_of(alert: Alert) -> str:
    # Allowed at each sending: what the operator took off the list is called no more.
    if alert.channel == "webhook":
        return check_target(alert.address, settings.WEBHOOK_TARGETS)
    return mail_of(alert.owner)


def _decide_again(*grants: Grant) -> None:
    for grant in grants:
        gate.recheck(grant)


def _will_pass(error: Refused) -> bool:
    return any(rule.id in PASSING for rule in error.verdict.rules)


def _check(grant: Grant, text: str, channel: str) -> None:
    if channel not in CHANNELS:
        raise WrongUsage(f"Choose how you are told: {', '.join(CHANNELS)}.")
    if not text.strip():
        raise WrongUsage("Say what the alert looks for: a name, plate, block or number.")
    if form := civil_form_in(text):
        raise NotPossible(f"{form} is a civil immigration matter; no alert speaks of those (5 ILCS 805/15).")
    if Alert.objects.filter(owner=grant.officer, state=SavedStatus.ACTIVE).count() >= MOST_ALERTS:
        raise NotPossible(f"You have {MOST_ALERTS} alerts already; end one that you do not need.")


def _remember(alert: Alert, records: Sequence[UUID], moment: datetime) -> None:
    AlertHit.objects.bulk_create(
        (AlertHit(alert=alert, record=record, found=moment) for record in records), ignore_conflicts=True
    )


def _row(grant: Grant, alert: Alert) -> AlertRow:
    found = AlertHit.objects.filter(alert=alert, found__gt=alert.created).values_list("record", flat=True)
    # A row that was sealed since is no hit any more, as if it had never been there.
    hits = count_there(grant, kind=alert.kind, ids=list(found))
    return AlertRow(
        alert.id, alert.kind, alert.purpose, alert.case, alert.text, alert.channel, alert.state, hits,
        alert.created, alert.expires, alert.asked,
    )  # fmt: skip
