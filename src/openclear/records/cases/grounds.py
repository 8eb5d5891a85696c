"""The warehouse tells the gate whether a case, dispatch event or warrant exists and is open."""

from django.apps import apps
from django.db import connections

from openclear.records.cases.models import CaseShare, ShareRequest
from openclear.records.cases.rows import EXTERNAL
from openclear.records.cases.rules import id_in
from openclear.records.record import Record
from openclear.records.rules import block_of
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Ground

LONGEST_NUMBER = 30
# One statement, with a row for each agency that the case is shared with. It runs with every search, and is written out
# here because the ORM takes longer to build it than the database to answer it.
_FIND = """
SELECT c.kind, c.number, c.closed, c.confirmed, c.labels, c.owner_agency, s.agency
FROM records_case AS c LEFT JOIN records_caseshare AS s ON s.case_id = c.id
WHERE c.{} = %s ORDER BY s.agency
"""
_BY_NUMBER, _BY_ID = _FIND.format("number"), _FIND.format("id")


class CaseGrounds:
    """The port `access.ports.Grounds`, answered from the table of cases. Returns facts about a ground, never a row."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or with this id as `/cases` lists it, or None."""
        connection, identity = connections["default"], id_in(number)
        with connection.cursor() as cursor:
            if identity:
                # SQLite keeps an id as its 32 digits.
                is_native = connection.features.has_native_uuid_field
                cursor.execute(_BY_ID, [identity if is_native else identity.hex])
            else:
                cursor.execute(_BY_NUMBER, [block_of(number)[:LONGEST_NUMBER]])
            rows = cursor.fetchall()
        if not rows:
            return None
        kind, known_as, closed, confirmed, labels, owner, _ = rows[0]
        is_open = closed is None and (kind != EXTERNAL or confirmed is not None)
        shared = [row[-1] for row in rows if row[-1]]
        return Ground(kind, known_as, is_open, labels, (owner, *shared))

    def follow(self, old: str, new: str) -> None:
        """Give everything of an agency at `old` or below it, owned or shared with it, to `new`."""
        records = [
            table for table in apps.get_app_config("records").get_models() if issubclass(table, Record)
        ]
        owned = [(table.objects, "owner_agency") for table in records]
        for rows, column in (*owned, (CaseShare.objects, "agency"), (ShareRequest.objects, "agency")):
            # Nearly every record belongs to the department, which never moves: the others have a separate index.
            others = rows.exclude(**{column: city().host})
            below = others.filter(**{f"{column}__startswith": f"{old}."})
            for path in {old, *below.values_list(column, flat=True)}:
                others.filter(**{column: path}).update(**{column: new + path[len(old) :]})
