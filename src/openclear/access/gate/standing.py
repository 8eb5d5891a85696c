"""The epoch, the orders in force, the rules that count, the sealings: one statement, on every request, never cached."""

import json
import weakref
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connections
from django.db.models import F

from openclear.access.models import Epoch
from openclear.access.policy.facts import ALL, OrderRow, Standing
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.without_grant import without_grant

# Connections that have planned the statement. A connection that is closed is forgotten.
_prepared: "weakref.WeakSet[Any]" = weakref.WeakSet()
_STATEMENT = """
SELECT epoch.value, o."order", o.agency, o.state, o.scope, o.purposes, o.legal_basis, o.entry, place.agency,
       (SELECT digest FROM access_policyversion ORDER BY id DESC LIMIT 1),
       epoch.sealings
FROM access_epoch AS epoch
LEFT JOIN access_orderstate AS o
  ON o.state IN ('provisional', 'in-force', 'narrowed')
 AND NOT EXISTS (SELECT 1 FROM access_orderstate AS later
                 WHERE later."order" = o."order" AND later.sequence > o.sequence)
LEFT JOIN access_orderplace AS place ON place."order" = o."order"
ORDER BY o.sequence, place.agency
"""


@without_grant("part of the gate, which makes the grants")
def read_standing() -> Standing:
    """Return the epoch and every order in force at this moment.

    Raises NotPossible if there is no epoch: an unreadable epoch refuses everybody.
    """
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(_spelled(cursor) if connection.vendor == "postgresql" else _STATEMENT)
        rows = cursor.fetchall()
    if not rows:
        message = "The city is not set up: its epoch is missing; run openclear init."
        raise NotPossible(message)
    by_order = groupby((row for row in rows if row[1] is not None), key=itemgetter(1))
    orders = tuple(_order(list(of_one)) for _, of_one in by_order)
    return Standing(rows[0][0], orders, rows[0][-2], rows[0][-1])


@without_grant("part of the gate, which makes the grants")
def count_sealing() -> None:
    """Count a sealing, in the transaction that puts its labels on: answers that were read before are read again."""
    Epoch.objects.update(sealings=F("sealings") + 1)


def _spelled(cursor: Any) -> str:
    # Planning it costs PostgreSQL four times as much as running it, twice for every answer: each connection
    # plans it once. The server keeps the plan, never the result.
    raw = cursor.connection
    if raw not in _prepared:
        cursor.execute(f"PREPARE openclear_standing AS {_STATEMENT}")
        _prepared.add(raw)
    return "EXECUTE openclear_standing"


def _order(rows: list[tuple[Any, ...]]) -> OrderRow:
    # One row for each place that the order covers besides its own agency; one without a place if there is none.
    _, identity, agency, state, scope, purposes, ground, entry, *_ = rows[0]
    places = tuple(row[-3] for row in rows if row[-3])
    return OrderRow(identity, agency, state, _names(scope), _names(purposes), ground, entry, places)


def _names(stored: str | list[str]) -> str | tuple[str, ...]:
    value = json.loads(stored) if isinstance(stored, str) else stored
    return ALL if value == ALL else tuple(value)
