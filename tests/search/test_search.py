"""Finding people, incidents and vehicles; and that the same filter answers one row and a list."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.records.incidents.models import Incident
from openclear.records.intake import insert_records
from openclear.records.people.kind import PEOPLE
from openclear.records.people.models import NameWord, Person
from openclear.records.people.rules import name_words, near_spellings, sound_of, split_query
from openclear.records.rules import block_of, record_id
from openclear.records.vehicles.models import Vehicle
from openclear.records.vehicles.rules import plate_of
from openclear.search.find import open_record
from openclear.search.one_box import kinds_of
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, grant, open_case, search

MAINTENANCE = Purpose.RECORDS_MAINTENANCE


@pytest.fixture(scope="module", autouse=True)
def people():
    """A few people whose names are hard, and one whom nobody may know of."""
    if Person.objects.filter(source="story").exists():
        return
    names = {
        "smith": ("Smith", "John", date(1985, 3, 1), 0, [("alias", "Smitty", "")]),
        "smyth": ("Smyth", "Jon", date(1990, 5, 2), 0, []),
        "munoz": ("Muñoz-Ibáñez", "María José", date(1979, 1, 9), 0, [("nickname", "Lupe", "Muñoz")]),
        "obrien": ("O'Brien", "Siobhán", date(1970, 2, 2), 0, []),
        "wojcik": ("Wójcik", "Małgorzata", date(1966, 6, 6), 0, []),
        "minor": ("Xylander", "Timothy", date(2011, 6, 6), Label.JUVENILE.value, []),
        "sealed": (
            "Xylander",
            "Quentin",
            date(1988, 6, 6),
            Label.SEALED.value,
            [("alias", "Zebulon", "Xylander")],
        ),
        "gone": ("Xylander", "Otto", date(1988, 6, 6), Label.EXPUNGED.value, []),
    }
    key = grant("importer", Action.RECORDS_IMPORT, MAINTENANCE)
    person_rows, name_rows = [], []
    for source_id, (family, given_name, birth, labels, others) in names.items():
        person_rows.append(
            {
                "source_id": source_id,
                "family": family,
                "given": given_name,
                "birth_date": birth,
                "labels": labels,
                "home_address": "1 N STATE ST",
            }
        )
        for place, (kind, given_other, family_other) in enumerate([("main", given_name, family), *others]):
            name_rows.append(
                {
                    "source_id": f"{source_id}-{place}",
                    "person_id": record_id("story", "person", source_id),
                    "kind": kind,
                    "given": given_other,
                    "family": family_other,
                    "labels": labels,
                }
            )
    insert_records(key, source="story", table="person", rows=person_rows)
    insert_records(key, source="story", table="name", rows=name_rows)


def names(response):
    return {row["name"] for row in response.json()["results"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("smith john 1985", "John Smith"),
        ("SMITH, JOHN", "John Smith"),
        ("smyth jon", "John Smith"),
        ("smi jo", "John Smith"),
        ("smitty", "John Smith"),
        ("munoz", "María José Muñoz-Ibáñez"),
        ("Muñoz Ibanez Maria", "María José Muñoz-Ibáñez"),
        ("lupe munoz", "María José Muñoz-Ibáñez"),
        ("o'brien", "Siobhán O'Brien"),
        ("obrien siobhan", "Siobhán O'Brien"),
        ("wojcik malgorzata", "Małgorzata Wójcik"),
    ],
)
def test_rivera_finds_people_however_the_name_is_written(text, name):
    assert name in names(search("rivera", text))


def test_a_year_of_birth_narrows():
    assert "John Smith" not in names(search("rivera", "smith john 1986"))
    answer = search("rivera", "1985").json()
    assert (answer["results"], answer["count"]) == ([], 0)
    assert "cannot be found by these words" in answer["hint"]


def test_the_name_as_asked_comes_first():
    assert search("rivera", "smyth jon").json()["results"][0]["name"] == "Jon Smyth"


def test_hidden_people_are_not_there_in_any_way():
    shown = names(search("rivera", "xylander"))
    assert shown == {"Timothy Xylander"}
    assert search("frost", "xylander").json()["count"] == 0
    assert search("rivera", "zebulon").json()["count"] == 0
    hidden = Person.objects.get(source="story", source_id="sealed").id
    reason = {"purpose": CRIME, "case": open_case()}
    for path in ("people", "incidents", "vehicles"):
        found, absent = (
            ask("rivera", f"{path}/{hidden}", **reason),
            ask("rivera", f"{path}/{uuid4()}", **reason),
        )
        assert found.status_code == absent.status_code == 404
        assert found.content == absent.content


def test_records_staff_see_what_is_sealed_and_nobody_what_is_expunged():
    clearance = grant("osei", Action.INCIDENT_SEARCH, MAINTENANCE).over(Dataset.PEOPLE)
    visible = set(Person.objects.within(clearance).filter(source="story").values_list("source_id", flat=True))
    assert "sealed" in visible
    assert "gone" not in visible


@pytest.mark.parametrize("who", ["rivera", "brandt", "frost", "ives"])
@pytest.mark.parametrize("model", [Person, Incident, Vehicle])
def test_one_row_and_the_list_are_one_filter(who, model):
    clearance = grant(who, Action.PERSON_VIEW, case=open_case()).over(Dataset.PEOPLE)
    listed = set(model.objects.within(clearance).values_list("id", flat=True))
    assert listed == {row.id for row in model.objects.all() if clearance.shows(row.labels)}


def test_a_hidden_incident_does_not_show_through_its_arrest():
    from openclear.records.arrests.models import Arrest

    arrest = Arrest.objects.filter(labels=0, incident__labels=0, person__labels=0).order_by("id").first()
    key = grant("frost", Action.PERSON_VIEW, case=open_case())
    assert arrest.cb_number in {
        row.cb_number for row in open_record(key, kind=PEOPLE, record=arrest.person_id).arrests
    }
    Incident.objects.filter(pk=arrest.incident_id).update(labels=Label.SEXUAL_ASSAULT.value)
    try:
        shown = open_record(key, kind=PEOPLE, record=arrest.person_id)
        assert arrest.cb_number not in {row.cb_number for row in shown.arrests}
        assert arrest.incident_id not in {row.incident for row in shown.involvements}
    finally:
        Incident.objects.filter(pk=arrest.incident_id).update(labels=0)


def test_counts_are_of_rows_that_can_be_opened():
    response = search("frost", "garcia").json()
    clearance = grant("frost", Action.PERSON_SEARCH, case=open_case()).over(Dataset.PEOPLE)
    sounding = NameWord.objects.filter(sound=sound_of("garcia")) | NameWord.objects.filter(
        word__startswith="garcia"
    )
    everyone = Person.objects.filter(id__in=sounding.values("person_id"))
    assert response["count"] == sum(clearance.shows(person.labels) for person in everyone)
    for row in response["results"][:5]:
        assert ask("frost", f"people/{row['id']}", purpose=CRIME, case=open_case()).status_code == 200


def test_incidents_by_rd_number_and_by_block():
    some = Incident.objects.filter(labels=0).order_by("id").first()
    by_number = ask("rivera", "incidents", q=some.rd_number.lower(), purpose=CRIME).json()
    assert [row["id"] for row in by_number["results"]] == [str(some.id)]
    by_block = ask("rivera", "incidents", q=some.block[:12].lower(), purpose=CRIME).json()
    assert all(row["block"].startswith(some.block[:12]) for row in by_block["results"])
    assert by_block["count"] >= 1


def test_an_incident_tells_partners_no_narrative_and_analysts_no_names():
    some = Incident.objects.filter(labels=0, involvements__labels=0).order_by("id").first()
    reason = {"purpose": CRIME}
    assert ask("rivera", f"incidents/{some.id}", **reason).json()["result"]["narrative"]
    assert ask("frost", f"incidents/{some.id}", **reason).json()["result"]["narrative"] is None
    chen = ask("chen", f"incidents/{some.id}", purpose="crime-analysis").json()["result"]
    assert chen["people"] == []


def test_vehicles_by_the_beginning_of_the_plate():
    some = Vehicle.objects.order_by("plate").first()
    found = ask(
        "frost", "vehicles", q=f" {some.plate[:2]}-{some.plate[2:6].lower()}", purpose="stolen-property"
    ).json()
    assert some.plate in {row["plate"] for row in found["results"]}


def test_a_person_is_shown_with_what_the_asker_may_see_around_them():
    person = Person.objects.filter(arrests__isnull=False, labels=0).order_by("id").first()
    key = grant("rivera", Action.PERSON_VIEW, case=open_case())
    detail = open_record(key, kind=PEOPLE, record=person.id)
    assert detail.person.home_address
    assert len(detail.arrests) == person.arrests.filter(labels=0).count() or detail.arrests
    visible = {incident.id for incident in Incident.objects.within(key.over(Dataset.INCIDENTS))}
    assert {row.incident for row in detail.involvements} <= visible


@pytest.mark.parametrize(
    "text",
    ["", "   ", "a", "%", "_", "'; DROP TABLE records_person;--", "\x00", "1985 1990", "é" * 200, "(" * 50],
)
def test_odd_searches_find_nobody_and_break_nothing(text):
    for who, path in (("rivera", "people"), ("rivera", "incidents"), ("rivera", "vehicles")):
        response = ask(who, path, q=text, purpose=CRIME, case=open_case())
        assert response.status_code == 200, response.content


@given(st.text(max_size=60))
def test_words_of_a_name_are_plain(text):
    for word in name_words(text):
        assert word
        assert word == word.lower()
        assert word.isascii()
        assert name_words(word) == [word]


@given(st.text(max_size=200))
def test_any_text_can_be_asked(text):
    words, years = split_query(text)
    assert len(words) <= 6
    assert all(1900 <= year < 2100 for year in years)
    assert plate_of(text).isalnum() or not plate_of(text)
    assert block_of(block_of(text)) == block_of(text)


def test_a_person_sealed_later_is_not_found_by_names_that_were_not():
    person = Person.objects.get(source="story", source_id="obrien")
    assert search("rivera", "obrien siobhan").json()["count"] == 1
    Person.objects.filter(pk=person.pk).update(labels=Label.SEALED.value)
    try:
        assert search("rivera", "obrien siobhan").json()["count"] == 0
    finally:
        Person.objects.filter(pk=person.pk).update(labels=0)


def test_a_hidden_alias_does_not_lead_to_somebody_who_is_there():
    words = NameWord.objects.filter(person__source="story", word="smitty")
    assert search("rivera", "smitty").json()["count"] == 1
    words.update(labels=Label.INFORMANT.value)
    try:
        assert search("rivera", "smitty").json()["count"] == 0
    finally:
        words.update(labels=0)


@pytest.mark.parametrize(
    ("typed", "family"),
    [("garcja", "Garcia"), ("hernadez", "Hernández"), ("gracia", "Garcia"), ("kowalskki", "Kowalski")],
)
def test_one_wrong_letter_is_forgiven(typed, family):
    rows = search("rivera", typed).json()["results"]
    assert rows
    assert all(any(name_words(part)[0] for part in row["name"].split()) for row in rows)
    assert any(name_words(family)[0] in name_words(row["name"]) for row in rows)


def test_near_spellings_find_nobody_who_is_hidden():
    shown = names(search("rivera", "xylandre"))
    assert shown == {"Timothy Xylander"}
    assert search("frost", "xylandre").json()["count"] == 0


def test_every_result_says_why_it_is_there():
    for typed in ("smyth jon", "garcia 1985", "kowalsky", "hernadez"):
        for row in search("rivera", typed).json()["results"]:
            words = [word for word in typed.split() if not word.isdigit()]
            assert {reason["asked"] for reason in row["reasons"]} >= set(words), (typed, row["name"])
    assert search("rivera", "smyth jon").json()["results"][0]["reasons"][0]["code"] == "spelled"


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=10), st.data())
def test_near_spellings_are_all_words_of_one_mistake_and_no_others(word, data):
    from jellyfish import damerau_levenshtein_distance

    near = near_spellings(word)
    assert word not in near
    one = data.draw(st.sampled_from(near))
    assert damerau_levenshtein_distance(word, one) == 1
    place, letter = data.draw(st.integers(0, len(word))), data.draw(st.sampled_from("aeiou"))
    assert word[:place] + letter + word[place:] in near


def test_filters_narrow_and_wrong_ones_are_said():
    from tests.cast import ask

    reason = {"purpose": CRIME, "case": open_case()}
    everyone = ask("rivera", "people", q="garcia", **reason).json()
    women = ask("rivera", "people", q="garcia", sex="F", born_from="1980-01-01", **reason).json()
    assert 0 < women["count"] < everyone["count"]
    assert all(row["sex"] == "F" and row["birth_date"] >= "1980-01-01" for row in women["results"])
    incidents = ask("rivera", "incidents", q="0", arrest_made="true", **reason).json()["results"]
    assert incidents
    assert all(row["arrest_made"] for row in incidents)
    district = incidents[0]["district"]
    there = ask("rivera", "incidents", q="0", district=district, since="2025-01-01", **reason).json()[
        "results"
    ]
    assert {row["district"] for row in there} == {district}
    assert ask("rivera", "people", q="garcia", born_from="soon", **reason).status_code == 400


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("smith john 1985", ("people",)),
        ("ZZ100302", ("incidents",)),
        ("CB90000012", ("arrests",)),
        ("OC0012", ("vehicles",)),
        ("047XX S ASHLAND", ("incidents", "people")),
        ("4711", ("incidents", "vehicles")),
        ("\u200bZZ100302", ("incidents",)),
        ("90000012", ("incidents", "property", "vehicles")),
        ("", ("people",)),
    ],
)
def test_one_box_searches_what_the_words_can_mean(text, kinds):
    assert tuple(kind.dataset for kind in kinds_of(text)) == kinds
