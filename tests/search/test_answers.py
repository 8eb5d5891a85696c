"""Answers of a search: the whole birth date counts, nobody is left out silently, and "nothing" says what the kind is found by."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.records.arrests.models import Arrest
from openclear.records.incidents.models import Incident, Offense
from openclear.records.intake import insert_records
from openclear.records.kinds import KINDS, SEARCHED
from openclear.records.people.models import Person
from openclear.records.people.rules import births_in, sound_of, split_query
from openclear.records.property.models import PropertyItem
from openclear.records.rules import record_id
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary.actions import Action
from openclear.vocabulary.days import EndsBeforeItBegins, check_range
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.purposes import Purpose
from tests.architecture.test_house import catalog
from tests.cast import CRIME, ask, grant, open_case, search, signed_in

SOURCE = "answers"
PEOPLE = {
    # The family names are nobody else's, so that a hit is one of these.
    "january": ("Quazmodo", "Ignaz", date(1974, 1, 1), "M", ()),
    "november": ("Quazmodo", "Ignaz", date(1974, 11, 6), "M", ()),
    "unknown": ("Quazmodo", "Ignaz", None, "", ()),
    "later": ("Quazmodo", "Ignaz", date(1975, 2, 3), "F", ()),
    "zwerg": ("Zwergental", "Uwe", date(1980, 1, 1), "M", ()),
    "abel": ("Abel Zwergental", "Uwe Aaron", date(1980, 1, 1), "M", ()),
    "berg": ("Zwergentaler", "Uwe", date(1980, 1, 1), "M", ()),
    "alias": ("Aaronsen", "Tom", date(1980, 1, 1), "M", ("Uwe", "Zwergental")),
    "short": ("Cuz", "Vitali", date(1980, 1, 1), "M", ()),
}


@pytest.fixture(scope="module", autouse=True)
def people():
    if Person.objects.filter(source=SOURCE).exists():
        return
    key = grant("importer", Action.RECORDS_IMPORT, Purpose.RECORDS_MAINTENANCE)
    rows, names = [], []
    for source_id, (family, given_name, birth, sex, alias) in PEOPLE.items():
        person = {
            "source_id": source_id,
            "family": family,
            "given": given_name,
            "birth_date": birth,
            "sex": sex,
        }
        rows.append(person)
        known = [("main", given_name, family), *([("alias", *alias)] if alias else [])]
        names += [
            {
                "source_id": f"{source_id}-{kind}", "person_id": record_id(SOURCE, "person", source_id), "kind": kind,
                "given": first, "family": last,
            }
            for kind, first, last in known
        ]  # fmt: skip
    insert_records(key, source=SOURCE, table="person", rows=rows)
    insert_records(key, source=SOURCE, table="name", rows=names)


def found(text, **more):
    """The source ids of the people that a search finds, in its order, and the whole answer."""
    answer = search("rivera", text, **more).json()
    ids = dict(Person.objects.filter(source=SOURCE).values_list("id", "source_id"))
    return [ids[one] for row in answer["results"] for one in ids if str(one) == row["id"]], answer


# The birth date


@pytest.mark.parametrize(
    "written", ["1974-01-01", "01/01/1974", "1/1/1974", "1974/1/1", "1974.01.01", "19740101", "1-1-1974"]
)
def test_the_whole_birth_date_counts(written):
    names, answer = found(f"quazmodo ignaz {written}")
    assert names == ["january"]
    assert {"code": "born-on", "asked": "1974-01-01", "found": "1974-01-01", "alias": False} in answer[
        "results"
    ][0]["reasons"]
    assert found(f"{written} quazmodo")[0] == ["january"]


@pytest.mark.parametrize(
    ("written", "names"), [("1974-11", ["november"]), ("11/1974", ["november"]), ("1975", ["later"])]
)
def test_a_month_and_a_year_count_too(written, names):
    assert found(f"quazmodo {written}")[0] == names


def test_both_men_of_a_year_are_found_by_it():
    assert found("quazmodo 1974")[0] == ["january", "november"]


@pytest.mark.parametrize(
    "written", ["1974-02-30", "13/41/1974", "01/01/74", "1-1-74", "19741399", "0000-01-01", "9999-12-99"]
)
def test_what_is_no_date_is_said_on_page_api_export_and_alert(written):
    text, reason = f"quazmodo {written}", {"purpose": CRIME, "case": open_case()}
    client = signed_in("rivera")
    for kind in ("people", "arrests"):
        asked = {"q": text, "kind": kind, **reason}
        answers = [
            ask("rivera", kind, q=text, **reason),
            client.get("/search", asked),
            client.post("/saved/exports", {**asked, "format": "csv"}),
            client.post("/saved/alerts", {**asked, "channel": "page"}),
        ]
        assert [answer.status_code for answer in answers] == [400] * 4
        for answer in answers:
            assert "is not a birth date; write it as 1974-11-06" in answer.content.decode()


@given(st.dates(min_value=date(1901, 1, 1), max_value=date(2099, 12, 31)))
def test_every_date_is_read_as_it_is_written(day):
    for written in (f"{day}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day:%Y%m%d}"):
        assert [(born.first, born.last) for born in births_in(f"smith {written}")] == [(day, day)]
        assert split_query(f"smith {written}") == (["smith"], [])


@given(st.text(max_size=60))
def test_any_text_is_a_birth_or_a_sentence(text):
    told = "is not a birth date"
    try:
        assert all(born.first <= born.last for born in births_in(text))
    except WrongUsage as error:
        told = str(error)
    assert "is not a birth date" in told


# Nobody is left out silently


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("quazmodo 1974", {}),
        ("quazmodo 1974-01-01", {}),
        ("quazmodo", {"born_from": "1974-01-01"}),
        ("quazmodo", {"born_to": "1990-01-01"}),
        ("quazmodo", {"born_from": "1974-01-01", "born_to": "1974-12-31"}),
    ],
)
def test_those_without_a_birth_date_are_counted_and_shown_when_asked_for(text, filters):
    names, answer = found(text, **filters)
    assert "unknown" not in names
    assert answer.get("unrecorded", {}) == {"birth_date": 1}
    with_them, answer = found(text, born_unknown="true", **filters)
    assert set(with_them) == {*names, "unknown"}
    assert answer.get("unrecorded", {}) == {}
    flagged = [row for row in answer["results"] if row["birth_date"] is None]
    assert ["no-birth-date" in {reason["code"] for reason in row["reasons"]} for row in flagged] == [True]
    page = signed_in("rivera").get(
        "/search", {"q": text, "purpose": CRIME, "case": open_case(), "kind": "people", **filters}
    )
    shown = page.content.decode()
    assert "1 more matches otherwise, but has no birth date recorded." in " ".join(shown.split())
    assert "born_unknown=true" in shown


def test_those_without_a_sex_are_counted():
    names, answer = found("quazmodo", sex="F")
    assert (names, answer.get("unrecorded", {})) == (["later"], {"sex": 1})


def test_an_answer_that_leaves_out_nobody_says_nothing():
    assert "unrecorded" not in found("zwergental 1980")[1]
    assert "unrecorded" not in found("quazmodo")[1]


def test_a_hidden_person_without_a_birth_date_is_not_counted():
    from openclear.vocabulary.labels import Label

    rows = Person.objects.filter(source=SOURCE, source_id="unknown")
    rows.update(labels=Label.SEALED.value)
    try:
        assert "unrecorded" not in found("quazmodo 1974")[1]
    finally:
        rows.update(labels=0)


def test_incidents_and_vehicles_without_what_is_asked_for_are_counted():
    incident = (
        Incident.objects.filter(labels=0, offenses__labels=0).exclude(district="").order_by("id").first()
    )
    asked = {"q": incident.block, "purpose": CRIME, "case": open_case()}
    offense = incident.offenses.get()
    before = {
        name: ask("rivera", "incidents", **asked, **{name: "011"}).json().get("unrecorded", {}).get(name, 0)
        for name in ("district",)
    }
    kept = (incident.district, offense.iucr)
    Incident.objects.filter(pk=incident.pk).update(district="")
    Offense.objects.filter(pk=offense.pk).update(iucr="")
    try:
        assert (
            ask("rivera", "incidents", **asked, district="011").json()["unrecorded"]["district"]
            == before["district"] + 1
        )
        assert ask("rivera", "incidents", **asked, iucr="0810").json()["unrecorded"]["iucr"] == 1
    finally:
        Incident.objects.filter(pk=incident.pk).update(district=kept[0])
        Offense.objects.filter(pk=offense.pk).update(iucr=kept[1])
    vehicle = Vehicle.objects.filter(labels=0).order_by("id").first()
    Vehicle.objects.filter(pk=vehicle.pk).update(color="")
    try:
        answer = ask("rivera", "vehicles", q=vehicle.plate, color="purple", purpose=CRIME).json()
        assert answer.get("unrecorded", {}) == {"color": 1}
    finally:
        Vehicle.objects.filter(pk=vehicle.pk).update(color=vehicle.color)


def test_an_export_on_the_command_line_says_what_is_not_in_it(capsys):
    from openclear.cli.main import main

    asked = [
        "export",
        "request",
        "--kind",
        "people",
        "--text",
        "quazmodo 1974",
        "--purpose",
        CRIME,
        "--case",
        open_case(),
    ]
    assert main([*asked, "--by", "rivera"], lambda: None) == 0
    told = capsys.readouterr()
    assert len(told.out.split()) == 1
    assert "1 more match otherwise, but have no birth date recorded" in told.err


def test_words_for_every_column_that_can_be_left_out():
    from openclear.web.words import REASONS, UNRECORDED

    names = {"birth_date", "sex", "district", "beat", "iucr", "plate_state", "make", "color"}
    assert set(UNRECORDED) == names
    assert {"born-on", "no-birth-date"} <= set(REASONS)


# A range that ends before it begins


RANGES = [("people", "born_from", "born_to"), ("incidents", "since", "until")]


def test_every_filter_with_two_days_is_known_here():
    from dataclasses import fields

    days = {
        (name, *(item.name for item in fields(kind.search.filters) if "date" in str(item.type)))
        for name, kind in SEARCHED.items()
        if kind.search.filters
    }
    assert {entry for entry in days if len(entry) > 1} == set(RANGES)


@pytest.mark.parametrize(("kind", "first", "last"), RANGES)
def test_a_range_that_ends_before_it_begins_is_an_error_on_every_door(kind, first, last):
    asked = {
        "q": "quazmodo",
        "kind": kind,
        "purpose": CRIME,
        "case": open_case(),
        first: "2001-05-02",
        last: "2001-05-01",
    }
    client = signed_in("rivera")
    answers = [
        ask("rivera", kind, **{name: value for name, value in asked.items() if name != "kind"}),
        client.get("/search", asked),
        client.post("/saved/exports", {**asked, "format": "csv"}),
        client.post("/saved/alerts", {**asked, "channel": "page"}),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4
    for answer in answers:
        assert "ends before it begins" in answer.content.decode()
    same = {**asked, last: "2001-05-02"}
    assert client.get("/search", same).status_code == 200


def test_the_sentence_is_in_the_readers_language():
    client = signed_in("rivera")
    asked = {
        "q": "x",
        "kind": "people",
        "purpose": CRIME,
        "case": open_case(),
        "born_from": "2001-05-02",
        "born_to": "2001-05-01",
    }
    page = client.get("/search", asked, headers={"accept-language": "es"}).content.decode()
    assert "termina antes de empezar" in page


@given(st.dates(), st.dates())
def test_a_range_is_wrong_only_if_it_ends_before_it_begins(first, last):
    check_range(("From", first), ("To", None))
    check_range(("From", None), ("To", last))
    if first <= last:
        check_range(("From", first), ("To", last))
    else:
        with pytest.raises(EndsBeforeItBegins, match="before"):
            check_range(("From", first), ("To", last))


# Nothing was found, and why


HINTS = {
    "people": ("1974", "People cannot be found by these words. People are found by words of a name"),
    "incidents": (
        "smith john",
        "Incidents cannot be found by these words. Incidents are found by the whole RD number",
    ),
    "arrests": (
        "!!",
        "Arrests cannot be found by these words. Arrests are found by the beginning of their number (CB number)",
    ),
    "vehicles": ("silver toyota camry", "Vehicles cannot be found by these words. Vehicles are found by"),
    "property": ("silver laptop", "Property cannot be found by these words. Property is found by"),
}


def test_every_kind_says_what_it_takes():
    assert set(HINTS) == set(SEARCHED)
    said = {kind.words["takes"] for kind in KINDS if kind.search}
    assert not said - {message for message, entry in catalog("web").items() if entry.string}


@pytest.mark.parametrize("kind", HINTS)
def test_words_that_cannot_find_this_kind_are_told_so(kind):
    text, said = HINTS[kind]
    reason = {"purpose": CRIME, "case": open_case()}
    answer = ask("rivera", kind, q=text, **reason).json()
    assert answer["count"] == 0
    assert answer["hint"].startswith(said)
    client = signed_in("rivera")
    page = client.get("/search", {"q": text, "kind": kind, **reason}).content.decode()
    assert said in " ".join(page.split()).replace("&#x27;", "'")
    for where, more in (("/saved/exports", {"format": "csv"}), ("/saved/alerts", {"channel": "page"})):
        refused = client.post(where, {"q": text, "kind": kind, **reason, **more})
        assert refused.status_code == 400
        assert "cannot be found by these words" in refused.content.decode()


def test_words_that_could_find_it_say_that_nothing_was_found():
    answer = search("rivera", "nobodyhasthisname").json()
    assert answer["hint"].startswith("Nothing was found. People are found by")
    assert "hint" not in search("rivera", "quazmodo").json()


def test_what_was_not_searched_is_named():
    client = signed_in("rivera")
    page = client.get(
        "/search", {"q": "nobodyhasthisname", "purpose": CRIME, "case": open_case()}
    ).content.decode()
    shown = " ".join(page.split())
    assert (
        "Not searched, because these words do not look like it: Incidents, Arrests, Vehicles, Property."
        in shown
    )


# A name among arrests


@pytest.fixture
def arrested():
    arrest = Arrest.objects.filter(
        labels=0, person__labels=0, incident__labels=0, person__birth_date__isnull=False
    )
    return arrest.order_by("id").select_related("person").first().person


def test_a_name_among_arrests_finds_the_arrests_of_the_person(arrested):
    text = f"{arrested.given} {arrested.family} {arrested.birth_date}"
    answer = ask("rivera", "arrests", q=text, purpose=CRIME, case=open_case()).json()
    opened = ask("rivera", f"people/{arrested.id}", purpose=CRIME, case=open_case()).json()["result"]
    theirs = {row["id"] for row in opened["arrests"]}
    assert theirs
    assert theirs <= {row["id"] for row in answer["results"]}
    assert answer["count"] >= len(theirs)
    assert answer["results"][0]["person_id"] == str(arrested.id)
    assert {"spelled", "born-on"} <= {reason["code"] for reason in answer["results"][0]["reasons"]}
    page = signed_in("rivera").get(
        "/search", {"q": text, "kind": "arrests", "purpose": CRIME, "case": open_case()}
    )
    assert all(row["cb_number"] in page.content.decode() for row in answer["results"][:3])


def test_a_hidden_person_has_no_arrests_by_name(arrested):
    from openclear.vocabulary.labels import Label

    text = f"{arrested.given} {arrested.family} {arrested.birth_date}"
    asked = {"q": text, "purpose": CRIME, "case": open_case()}
    before = ask("rivera", "arrests", **asked).json()["count"]
    mine = Arrest.objects.filter(person=arrested, labels=0, incident__labels=0).count()
    Person.objects.filter(pk=arrested.pk).update(labels=Label.SEALED.value)
    try:
        assert ask("rivera", "arrests", **asked).json()["count"] == before - mine
    finally:
        Person.objects.filter(pk=arrested.pk).update(labels=0)


def test_arrests_by_name_are_exported_with_the_id_of_the_person(arrested):
    from openclear.search.stream import every_row

    key = grant("rivera", Action.ARREST_SEARCH, case=open_case())
    rows = [
        row for chunk in every_row(key, kind="arrests", text=arrested.family, filters={}) for row in chunk
    ]
    assert arrested.id in {row.person_id for row in rows}


# Order of hits, and how far sounds go


def test_the_whole_name_stands_first_then_shorter_names_then_longer_words():
    assert found("uwe zwergental")[0] == ["zwerg", "alias", "abel", "berg"]
    assert found("zwergental")[0][0] == "zwerg"
    assert found("zwergental")[0][-1] == "berg"


def test_exact_numbers_stand_above_longer_ones():
    item = PropertyItem.objects.filter(labels=0, incident__labels=0).order_by("inventory_number").first()
    longer = PropertyItem.objects.create(
        id=uuid4(), source=SOURCE, source_id="longer", inventory_number=f"{item.inventory_number}9", description="a lamp", kind="other",
    )  # fmt: skip
    arrest = Arrest.objects.filter(labels=0, person__labels=0, incident__labels=0).order_by("made").first()
    newer = Arrest.objects.create(
        id=uuid4(), source=SOURCE, source_id="newer", cb_number=f"{arrest.cb_number}9", person=arrest.person,
        incident=arrest.incident, made="2026-06-30T00:00:00Z",
    )  # fmt: skip
    try:
        reason = {"purpose": CRIME, "case": open_case()}
        items = ask("rivera", "property", q=item.inventory_number, **reason).json()["results"]
        assert [row["inventory_number"] for row in items][:2] == [
            item.inventory_number,
            longer.inventory_number,
        ]
        arrests = ask("rivera", "arrests", q=arrest.cb_number, **reason).json()["results"]
        assert [row["cb_number"] for row in arrests][:2] == [arrest.cb_number, newer.cb_number]
    finally:
        longer.delete()
        newer.delete()


@pytest.mark.parametrize("text", ["x" * 250, "x" * 200, "xxxxx", "xxx", "kssss", "cuuuuuuuz"])
def test_letters_in_a_row_sound_like_nobody(text):
    assert "short" not in found(text[:200])[0]


def test_words_that_sound_alike_are_of_like_length():
    assert found("kuz")[0] == ["short"]
    assert found("kouzeayou")[0] == []
    assert sound_of("x" * 250) == "X" * 250
    assert sound_of("smith") == sound_of("smyth")


def test_a_reason_is_given_for_each_who_is_found():
    row = search("rivera", "kuz").json()["results"][0]
    assert row["reasons"] == [{"code": "sounds", "asked": "kuz", "found": "Cuz", "alias": False}]
