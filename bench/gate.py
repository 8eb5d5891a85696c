"""What the gate costs: searches through gate and log against the same rows by raw SQL."""

from typing import Any

from bench.city import new_city, p50, p99, times_ms

SIZES = {"small": (3_000, 6_000), "full": (100_000, 200_000)}
COUNTS = {"small": 200, "full": 400}


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each kind of search: query under a clearance over raw SQL, and the whole gate's share."""
    people, incidents = SIZES[scale]
    new_city(people, incidents)
    return [
        _rows("name search", people, scale, *_name()),
        _rows("plate search", people, scale, *_plate()),
        *_decisions(scale),
    ]


def _rows(question: str, people: int, scale: str, raw: Any, query: Any, whole: Any) -> dict[str, Any]:
    count = COUNTS[scale]
    raw_ms, query_ms, whole_ms = (times_ms(act, count) for act in (raw, query, whole))
    insert = times_ms(_durable_insert, count)
    return {
        "question": question, "database": "sqlite", "people": people, "raw_sql_p50_ms": p50(raw_ms), "query_p50_ms": p50(query_ms),
        "whole_p50_ms": p50(whole_ms), "whole_p99_ms": p99(whole_ms), "query_over_raw_sql": round(p50(query_ms) / p50(raw_ms), 2),
        "gate_over_insert_p50": round((p50(whole_ms) - p50(query_ms)) / p50(insert), 2), "insert_p50_ms": p50(insert),
    }  # fmt: skip


def _name() -> tuple[Any, Any, Any]:
    from openclear.records.finding import find_people
    from openclear.records.rules import sound_of
    from openclear.vocabulary.actions import Action

    def query(grant: Any) -> Any:
        return find_people(grant, text="kowalski", limit=20)

    statement = """
        SELECT id, given, family, birth_date FROM records_person WHERE id IN (
          SELECT person_id FROM records_nameword WHERE word >= 'kowalski' AND word < 'kowalskj'
          UNION SELECT person_id FROM records_nameword WHERE sound = %s) ORDER BY family, given LIMIT 20"""
    count = "SELECT count(*) FROM records_person WHERE id IN (SELECT person_id FROM records_nameword WHERE sound = %s)"
    sound = sound_of("kowalski")
    return _acts(Action.PERSON_SEARCH, query, [(statement, [sound]), (count, [sound])])


def _plate() -> tuple[Any, Any, Any]:
    from openclear.records.finding import find_vehicles
    from openclear.vocabulary.actions import Action

    def query(grant: Any) -> Any:
        return find_vehicles(grant, text="OC0012", limit=20)

    where = "FROM records_vehicle WHERE plate >= 'OC0012' AND plate < 'OC0013'"
    raw = [
        (f"SELECT id, plate, make, model {where} ORDER BY plate LIMIT 20", []),
        (f"SELECT count(*) {where}", []),
    ]
    return _acts(Action.VEHICLE_SEARCH, query, raw)


def _acts(action: Any, query: Any, statements: Any) -> tuple[Any, Any, Any]:
    from django.db import connection
    from django.http import HttpResponse

    from openclear.access import gate
    from openclear.records.finding import open_cases
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    crime = Purpose.CRIMINAL_INVESTIGATION
    case = open_cases(gate.open_for("frost", Action.CASE_LIST, purpose=crime))[0].number
    kept = gate.open_for("frost", action, purpose=crime, case=case)

    def raw() -> None:
        with connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
                cursor.fetchall()

    def whole() -> None:
        grant = gate.open_for("frost", action, purpose=crime, case=case)
        found = query(grant)
        grant.release(HttpResponse(str(found.count)), shown=[row.id for row in found.rows]).close()

    return raw, lambda: query(kept), whole


def _durable_insert() -> None:
    from openclear.access.models import SignIn
    from openclear.vocabulary import clock

    _durable_insert.number += 1  # type: ignore[attr-defined]
    SignIn.objects.create(session=f"bench-{_durable_insert.number}", officer_id=1, began=clock.now())  # type: ignore[attr-defined]


_durable_insert.number = 0  # type: ignore[attr-defined]


def _decisions(scale: str) -> list[dict[str, Any]]:
    from openclear.access import decisions
    from openclear.access.rows import Ask
    from openclear.access.standing import read_standing
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    standing = read_standing()
    ask = Ask(Action.VEHICLE_SEARCH, Purpose.CRIMINAL_INVESTIGATION, ground_named=False, ground=None)
    kept = times_ms(lambda: decisions.judge("frost", ask, standing), COUNTS[scale])

    def anew() -> None:
        decisions._compiled.cache_clear()
        decisions.judge("frost", ask, standing)

    cedar = times_ms(anew, COUNTS[scale])
    return [
        {
            "question": "decision",
            "kept_p50_ms": p50(kept),
            "cedar_p50_ms": p50(cedar),
            "cedar_over_kept": round(p50(cedar) / p50(kept), 1),
        }
    ]
