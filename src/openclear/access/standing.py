"""The epoch and the orders in force: one statement, on every request, never cached."""

import json
from typing import Any

from django.db import connections

from openclear.access.rows import ALL, OrderRow, Standing
from openclear.vocabulary.errors import NotPossible

_STATEMENT = """
SELECT epoch.value, o."order", o.agency, o.state, o.scope, o.purposes, o.ground, o.entry
FROM access_epoch AS epoch
LEFT JOIN access_orderstate AS o
  ON o.state IN ('provisional', 'in-force', 'narrowed')
 AND NOT EXISTS (SELECT 1 FROM access_orderstate AS later
                 WHERE later."order" = o."order" AND later.sequence > o.sequence)
ORDER BY o.sequence
"""


def read_standing() -> Standing:
    """Return the epoch and every order in force at this moment.

    Raises NotPossible where there is no epoch: an unreadable epoch refuses everybody.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(_STATEMENT)
        rows = cursor.fetchall()
    if not rows:
        message = "The city is not set up: its epoch is missing; run openclear init."
        raise NotPossible(message)
    return Standing(rows[0][0], tuple(_order(row) for row in rows if row[1] is not None))


def _order(row: tuple[Any, ...]) -> OrderRow:
    _, identity, agency, state, scope, purposes, ground, entry = row
    return OrderRow(identity, agency, state, _names(scope), _names(purposes), ground, entry)


def _names(stored: str | list[str]) -> str | tuple[str, ...]:
    value = json.loads(stored) if isinstance(stored, str) else stored
    return ALL if value == ALL else tuple(value)
