"""The incidents of one month, all of them with their labels, for what is made from incidents and filtered when it is asked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connections

from openclear.records.changed import bounds_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

DATABASE = "default"
# The first offense counts, as lists show it; a row is as confidential as its incident and that offense together.
COLUMNS = (
    "id", "occurred", "iucr", "primary_type", "description", "fbi_code", "nibrs", "location", "block", "beat", "district",
    "ward", "community_area", "latitude", "longitude", "arrest_made", "domestic", "labels",
)  # fmt: skip
_STATEMENT = """
SELECT i.id, i.occurred, o.iucr, o.primary_type, o.description, o.fbi_code, o.nibrs, i.location, i.block, i.beat,
       i.district, i.ward, i.community_area, i.latitude, i.longitude, i.arrest_made, i.domestic,
       i.labels | COALESCE(o.labels, 0)
FROM records_incident AS i LEFT JOIN records_offense AS o ON o.incident_id = i.id
WHERE i.occurred >= %s AND i.occurred < %s
ORDER BY i.id, o.id
"""


def incidents_of_month(grant: Grant, *, month: date) -> list[Sequence[Any]]:
    """Return every incident of a month of Chicago as one tuple (`COLUMNS`), `occurred` in UTC; hidden ones too.

    Nothing of it may be shown but through a clearance: the labels are in every row for that.
    """
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    connection = connections[DATABASE]
    # As the database stores moments: SQLite compares them as text.
    bounds = [connection.ops.adapt_datetimefield_value(moment) for moment in bounds_of(month)]
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, bounds)
        rows = cursor.fetchall()
    # Sorted by incident and offense: of several offenses of one incident the first stays.
    return list({row[0]: row for row in reversed(rows)}.values())
