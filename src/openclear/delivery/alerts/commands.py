"""Keeping an alert and ending one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from openclear.access import barrier, gate
from openclear.audit import log
from openclear.delivery.alerts.addresses import check_target
from openclear.delivery.alerts.queries import row_of
from openclear.delivery.alerts.rows import AlertRow
from openclear.delivery.errors import Gone
from openclear.delivery.models import Alert, AlertHit
from openclear.delivery.rules import ALERT_LIFETIME, CHANNELS, MOST_ALERTS, for_oneself, turn_of
from openclear.records.kinds import searched
from openclear.records.rules import civil_form_in
from openclear.search.stream import ids_found
from openclear.search.takes import check_takes
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of, search_facts
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

# An alert begins with at most this many rows.
MOST_KNOWN = 500


def keep_alert(
    grant: Grant,
    *,
    kind: str,
    text: str,
    channel: str,
    address: str = "",
    filters: Mapping[str, Any] | None = None,
) -> AlertRow:
    """Save an alert, for 90 days, on a search that the holder may make now. What it finds today is not new.

    Raises WrongUsage without a text or for an address that is not allowed; NotPossible beyond 50 alerts, for a search
    that finds too much, and for civil immigration matters, which no alert may cover (NCIC immigration violator hits).
    """
    grant.require(searched(kind).list_action)
    for_oneself(grant)
    text = log.spelled(text)  # the stored form, so that an erasure finds it by the words of an entry
    _check(text, channel)
    check_takes(searched(kind), text)
    target = check_target(address, settings.WEBHOOK_TARGETS) if channel == "webhook" else ""
    known = ids_found(grant, kind=kind, text=text, most=MOST_KNOWN + 1, filters=filters)
    if len(known) > MOST_KNOWN:
        raise NotPossible(f"This search finds more than {MOST_KNOWN} rows; narrow it for an alert.")
    asked = search_facts(text, filters)
    told = {"alert": kind, "channel": channel, "sent_to": target}
    # Counted and created within one turn of its owner, so that requests at the same moment do not exceed the quota.
    with barrier.frozen(turn_of(grant.officer)):
        _check_quota(grant)
        gate.log_act(grant, filters=asked.pop("filters"), details=told | asked)
        moment = clock.now()
        alert = Alert.objects.create(
            owner=grant.officer, kind=kind, purpose=grant.purpose, case=grant.inquiry.case, text=text.strip(),
            state=SavedStatus.ACTIVE, created=moment, expires=moment + ALERT_LIFETIME, channel=channel, address=target,
            secret=secrets.token_hex(32), asked=moment, filters=log.spelled(facts_of(filters)),
        )  # fmt: skip
    remember(alert, known, moment)
    return row_of(grant, alert)


def end_alert(grant: Grant, *, alert: UUID) -> None:
    """End one of the holder's alerts. Raises Gone if it is not theirs."""
    grant.require(Action.ALERT_KEEP)
    mine = Alert.objects.filter(pk=alert, owner=grant.officer, state=SavedStatus.ACTIVE)
    if not mine.exists():
        raise Gone("There is no such alert.")
    gate.log_act(grant, details={"alert_ended": str(alert)})
    mine.update(state=SavedStatus.ENDED)


@without_grant("for this folder, whose callers required the grant")
def remember(alert: Alert, records: Sequence[UUID], moment: datetime) -> None:
    """Store what an alert has found, so that it is reported once. For this folder only."""
    AlertHit.objects.bulk_create(
        (AlertHit(alert=alert, record=record, found=moment) for record in records), ignore_conflicts=True
    )


def _check(text: str, channel: str) -> None:
    if channel not in CHANNELS:
        raise WrongUsage(f"Choose how to be notified: {', '.join(CHANNELS)}.")
    if not text.strip():
        raise WrongUsage("Enter what the alert looks for: a name, plate, block or number.")
    if form := civil_form_in(text):
        raise NotPossible(
            f"{form} is a civil immigration matter; no alert may cover those ({city().source('$civil_forms')})."
        )


def _check_quota(grant: Grant) -> None:
    if Alert.objects.filter(owner=grant.officer, state=SavedStatus.ACTIVE).count() >= MOST_ALERTS:
        raise NotPossible(f"You have {MOST_ALERTS} alerts already; end one that you do not need.")
