"""The alerts of one person."""

from collections.abc import Sequence

from openclear.delivery.alerts.rows import AlertRow
from openclear.delivery.models import Alert, AlertHit
from openclear.search.stream import count_there
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


def own_alerts(grant: Grant) -> Sequence[AlertRow]:
    """Return the holder's alerts, newest first."""
    grant.require(Action.ALERT_KEEP)
    return [
        row_of(grant, alert) for alert in Alert.objects.filter(owner=grant.officer).order_by("-created")[:100]
    ]


@without_grant("for this folder; counting the hits requires the grant")
def row_of(grant: Grant, alert: Alert) -> AlertRow:
    """Return an alert as it is shown, with the hits that the holder may see (`count_there` asks the grant)."""
    found = AlertHit.objects.filter(alert=alert, found__gt=alert.created).values_list("record", flat=True)
    # A row that was sealed since is no longer a hit, as if it had never existed.
    hits = count_there(grant, kind=alert.kind, ids=list(found))
    return AlertRow(
        alert.id, alert.kind, alert.purpose, alert.case, alert.text, alert.channel, alert.state, hits,
        alert.created, alert.expires, alert.asked,
    )  # fmt: skip
