"""The gate's benchmark on one database: `python -m bench.gate_trials SCALE DATABASE` in a home of its own."""

import json
import random
import sys
import time
from itertools import count
from typing import Any

from bench.city import SOME, drop_indexes, here, numbered
from bench.gate import PACED, PAIRS, PEOPLE, SHARE, gate_ratios, ratio_of

NUMBERS = count()


def main(scale: str, database: str) -> None:
    """Build, measure, print one JSON object."""
    people = PEOPLE[scale]
    here(*SOME)
    fill(people)
    row = {
        "database": database,
        "rows": people,
        **filter_ratios(people, SHARE[scale]),
        **gate(int(PACED * SHARE[scale])),
        "decisions_over_cedar": decisions(),
    }
    print(json.dumps(row))


def fill(people: int) -> None:
    """Put `people` invented people with two names each into the tables, by SQL; one in five carries a handling label."""
    from django.db import connection

    began = time.time()
    word = "CASE WHEN n % 400 = 7 THEN 'kowalski' ELSE 'name' || (n % 200000) END"
    numbers, identity = numbered(people)
    labels = "CASE WHEN n % 5 = 0 THEN (1 << (n / 5 % 10)) ELSE 0 END"
    columns = "id, source, source_id, revision, owner_agency, labels, family, given, sex, hair, eyes, marks, home_address, birth_date"
    indexes = drop_indexes("records_nameword")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_person ({columns}) SELECT {identity}, 'bench', cast(n AS text), '', 'il.chicago.pd', {labels}, "
            f"{word}, 'given' || (n % 1000), CASE WHEN n % 2 = 0 THEN 'F' ELSE 'M' END, '', '', '', '', "
            f"{'date ' if connection.vendor == 'postgresql' else ''}'1985-06-30' FROM {numbers}"
        )
        for part, spelled in enumerate((word, "'given' || (n % 1000)")):
            cursor.execute(
                f"INSERT INTO records_nameword (word, sound, labels, name_id, person_id) SELECT {spelled}, "
                f"CASE WHEN {word} = 'kowalski' AND {part} = 0 THEN 'KWLSK' ELSE 'S' || (n % 200000) END, {labels}, "
                f"{_any_name()}, {identity} FROM {numbers}"
            )
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE records_person, records_nameword")
    print(f"{people:,} people in {time.time() - began:.0f} s", file=sys.stderr)


def _any_name() -> str:
    # Ten million rows of names would only lengthen the building: every word points at one name.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_personname WHERE source = 'synthetic' LIMIT 1")
        return f"'{cursor.fetchone()[0]}'"


def filter_ratios(people: int, share: float) -> dict[str, float]:
    """Return point, name and count look-ups under a clearance over the same without one."""
    from openclear.records.people.models import Person
    from openclear.records.people.queries import people_called
    from openclear.search.find import MOST_ROWS
    from openclear.vocabulary.actions import Dataset
    from openclear.vocabulary.grants import Clearance
    from openclear.vocabulary.labels import NO_LABEL

    kept = a_grant().over(Dataset.PEOPLE)
    free = Clearance(Dataset.PEOPLE, NO_LABEL, frozenset())
    from openclear.records.people.rows import PeopleFilter

    def point(clearance: Any) -> Any:
        return Person.objects.within(clearance).filter(pk=PLACE)

    def name(clearance: Any) -> Any:
        found = people_called(clearance, ["kowalski", "given7"], [], PeopleFilter(), near=False)
        return found.order_by("family", "given", "birth_date", "id")[:MOST_ROWS]

    ratios = {}
    for question, query in (("point", point), ("name", name)):
        raw, filtered = (sender(query(clearance), people) for clearance in (free, kept))
        ratios[f"{question}_ratio"] = ratio_of(raw, filtered, round(PAIRS[question] * share))
    raw, filtered = (
        counter(people_called(c, ["kowalski"], [], PeopleFilter(), near=False)) for c in (free, kept)
    )
    return ratios | {"count_ratio": ratio_of(raw, filtered, round(PAIRS["count"] * share))}


PLACE = "00000000-0000-4000-8000-00000000abcd"


def sender(query: Any, people: int) -> Any:
    """Return a function that sends a query's statement and reads every row; each time for another person where it names one."""
    from django.db import connection

    statement, values = query.query.sql_with_params()
    place = PLACE if PLACE in [str(value) for value in values] else PLACE.replace("-", "")

    def send() -> None:
        number = f"{random.randrange(1, people):012x}"
        another = place[:-12] + number
        with connection.cursor() as cursor:
            cursor.execute(statement, [another if str(value) == place else value for value in values])
            cursor.fetchall()

    return send


def counter(query: Any) -> Any:
    """Return a function that counts what a query finds: one in 400 of all people."""
    from django.db import connection

    statement, values = query.query.sql_with_params()

    def count_all() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({statement}) AS found", values)
            cursor.fetchall()

    return count_all


def a_grant() -> Any:
    """Return a grant of Frost for a search for people."""
    from openclear.access import gate
    from openclear.records.cases.queries import open_cases
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    crime = Purpose.CRIMINAL_INVESTIGATION
    case = open_cases(gate.open_for("frost", Action.CASE_LIST, purpose=crime))[0].number
    return gate.open_for("frost", Action.PERSON_SEARCH, purpose=crime, case=case)


def gate(times_each: int) -> dict[str, float]:
    """Return what the whole gate adds to a request, over one durable INSERT."""
    from django.http import HttpResponse

    from openclear.access import gate as the_gate
    from openclear.access.models import SignIn
    from openclear.vocabulary import clock

    key = a_grant()

    def through() -> None:
        grant = the_gate.open_for("frost", key.action, purpose=key.purpose, case=key.inquiry.case)
        grant.release(HttpResponse("x"), shown=()).close()

    def insert() -> None:
        SignIn.objects.create(session=f"bench-{next(NUMBERS)}", officer_id=1, began=clock.now())

    return gate_ratios(through, insert, times_each)


def decisions() -> float:
    """Return how many times more rows a second a compiled clearance decides than Cedar asked row by row."""
    from openclear.access.gate.decide import policies
    from openclear.access.gate.requesters import read_requester
    from openclear.access.policy.rules import agencies_of, class_of_requester
    from openclear.vocabulary import clock
    from openclear.vocabulary.actions import Action, Dataset
    from openclear.vocabulary.grants import Inquiry
    from openclear.vocabulary.labels import Label, label_name
    from openclear.vocabulary.purposes import Purpose

    person, day = read_requester("frost"), clock.today()
    assert person
    ask = Inquiry(Action.PERSON_SEARCH, Purpose.CRIMINAL_INVESTIGATION)
    subject = class_of_requester(person, agencies_of([person], day), day, ask)
    engine = policies().under(())
    clearance = engine.clearances(subject, ask)[Dataset.PEOPLE]
    labels = [random.choice(list(Label)) for _ in range(2000)]
    began = time.process_time()
    for _ in range(100):
        for label in labels:
            clearance.shows(label)
    compiled = 100 * len(labels) / (time.process_time() - began)
    began = time.process_time()
    for label in labels:
        engine.seen(subject, ask, Dataset.PEOPLE, label=label_name(label))
    return round(compiled / (len(labels) / (time.process_time() - began)), 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
