"""Twenty questions on the city's real file, asked of the program and, in SQL, of the file itself."""

from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import Label

# Each with the one line of DuckDB that answers it from the file.
TWENTY = [
    ({}, "month", "strftime(date, '%Y-%m-01')"),
    ({}, "primary_type", '"Primary Type"'),
    ({}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
    ({}, "community_area", "coalesce(CAST(\"Community Area\" AS VARCHAR), '')"),
    ({}, "beat", "lpad(CAST(Beat AS VARCHAR), 4, '0')"),
    ({}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"primary_type": "THEFT"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"primary_type": "THEFT"}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
    ({"primary_type": "BATTERY"}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"primary_type": "ROBBERY"}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({"primary_type": "HOMICIDE"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"district": "011"}, "primary_type", '"Primary Type"'),
    ({"district": "018"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"community_area": 25}, "primary_type", '"Primary Type"'),
    ({"community_area": 32}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({"arrest_made": True}, "month", "strftime(date, '%Y-%m-01')"),
    ({"domestic": True}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"since": "2018-03-01", "until": "2018-03-31"}, "primary_type", '"Primary Type"'),
    ({"since": "2018-05-05", "until": "2018-06-17", "primary_type": "NARCOTICS"}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
]  # fmt: skip
COLUMNS = {
    "primary_type": '"Primary Type" = {!r}', "district": "lpad(CAST(District AS VARCHAR), 3, '0') = {!r}",
    "community_area": '"Community Area" = {}', "arrest_made": "Arrest = {}", "domestic": "Domestic = {}",
    "since": "date >= {!r}", "until": "date < CAST({!r} AS DATE) + 1",
}  # fmt: skip
ASK = """
import json, sys
from datetime import date
from openclear.config.program import prepare
prepare()
from openclear.access import gate
from openclear.analysis import questions
from openclear.analysis.agreement import agreement
from openclear.analysis.rows import FigureFilters
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
grant = gate.open_for("chen", Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS)
answers = []
for narrow, by in json.load(sys.stdin):
    days = {name: date.fromisoformat(narrow[name]) for name in ("since", "until") if name in narrow}
    found = questions.incident_counts(grant, by=by, filters=FigureFilters(**{**narrow, **days}))
    answers.append({row.value: row.incidents for row in found})
beats = agreement(grant, kind="beat", filters=FigureFilters(since=date(2018, 1, 1), until=date(2018, 6, 30)))
numbers = {name: getattr(beats, name) for name in beats.__slots__} | {"share": beats.share}
print(json.dumps([answers, numbers]))
"""
PUBLIC = """
import json
from datetime import date
import django
django.setup()
from openclear.citizen import places, queries
during = queries.period(date(2018, 1, 1), date(2018, 6, 1))
types = queries.types(during)
monthly = {kind: {f"{day:%Y-%m}": count for day, count in queries.monthly(primary_type=kind) if day.year == 2018} for kind in types}
cells = []
for month in (date(2018, number, 1) for number in range(1, 7)):
    within = queries.period(month, month)
    cells += [(f"{month:%Y-%m}", kind, str(row.code), row.incidents or 0) for kind in types for row in places.areas(within, primary_type=kind)]
areas = [(f"{month:%Y-%m}", str(row.code), row.incidents) for month in (date(2018, number, 1) for number in range(1, 7)) for row in places.areas(queries.period(month, month))]
print(json.dumps({"areas": areas, "types": monthly, "cells": cells}))
"""


def check_public_counts(connection, told):
    """Of each month the map's areas are the file's, or withheld whole with those too small; and so is each type in an area.

    Without offenses against children and those that name a victim, which are in no edition.
    """
    kinds = 'SELECT DISTINCT "IUCR", "Primary Type", "Description" FROM file'
    rows = connection.execute(kinds).fetchall()
    labels = [handling_of(row[0].upper().zfill(4) if row[0] else "", *row[1:]).labels for row in rows]
    hidden, sensitive = Label.JUVENILE | Label.VICTIM, Label.DOMESTIC | Label.SEXUAL_ASSAULT
    kept = [(*row, bool(own & sensitive)) for row, own in zip(rows, labels, strict=True) if not own & hidden]
    connection.execute("CREATE TABLE told (code VARCHAR, kind VARCHAR, words VARCHAR, is_sensitive BOOLEAN)")
    connection.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", kept)
    connection.execute(
        'CREATE VIEW open_file AS SELECT file.*, is_sensitive OR "Domestic" AS is_sensitive FROM file JOIN told ON "IUCR" IS NOT DISTINCT FROM code AND "Primary Type" = kind AND "Description" = words'
    )
    areas = "SELECT strftime(date, '%Y-%m'), CAST(\"Community Area\" AS VARCHAR), count(*) FROM open_file GROUP BY 1, 2"
    of_area = {(month, area): count for month, area, count in connection.execute(areas).fetchall()}
    assert all(count in {0, of_area[month, area]} for month, area, count in told["areas"])
    assert sum(count for *_, count in told["areas"]) > 0.99 * sum(of_area.values())
    types = "SELECT \"Primary Type\", strftime(date, '%Y-%m'), count(*) FROM open_file GROUP BY 1, 2"
    of_file = {(kind, month): count for kind, month, count in connection.execute(types).fetchall()}
    for kind, months in told["types"].items():
        for month, count in months.items():
            assert count is None or count == of_file[kind, month], (kind, month)
    cells = 'SELECT strftime(date, \'%Y-%m\'), "Primary Type", CAST("Community Area" AS VARCHAR), count(*), count(*) FILTER (NOT is_sensitive) FROM open_file GROUP BY 1, 2, 3'
    # Whole, or without all that is sensitive: one or two of those could be counted.
    of_cell = {tuple(row[:3]): set(row[3:]) for row in connection.execute(cells).fetchall()}
    shown = {(month, kind, area): count for month, kind, area, count in told["cells"] if count}
    assert all(count in of_cell[cell] and count >= 3 for cell, count in shown.items())
    assert sum(shown.values()) > 0.8 * sum(map(max, of_cell.values()))
