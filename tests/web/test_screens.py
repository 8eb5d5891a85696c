"""Screens that were too long: results, a person with a long history, cases and the log as dense tables with filters and pages."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from openclear.audit.queries import header_at
from openclear.records import models
from openclear.vocabulary.labels import Label
from tests.cast import CRIME, ask, cut_off, lift, open_case, signed_in
from tests.web.test_asked import bodies

pytestmark = pytest.mark.anywhere

FIRST = datetime(2019, 5, 1, 12, tzinfo=UTC)
MANY = 73


def why(**more):
    return {"purpose": CRIME, "case": open_case()} | more


def person_with(arrests, *, charge="BURGLARY", sign="", labels=0):
    """A person with so many arrests, one a day, each with its incident, charge and part."""
    row = {"source": "screens"}
    who = models.Person.objects.create(
        **row, source_id=f"p{sign}{arrests}", family=f"Longhist{sign}", given="Abel", birth_date="1970-03-04", hair="GRAY",
        eyes="BLUE", sex="M",
    )  # fmt: skip
    for number in range(arrests):
        add_arrest(
            who, number, charge=charge if number % 2 else "THEFT", sign=f"{sign}{arrests}", labels=labels
        )
    return who


def add_arrest(who, number, *, charge="THEFT", sign="", labels=0):
    key = {"source": "screens", "source_id": f"{sign}-{number}", "labels": labels}
    occurred = FIRST + timedelta(days=number)
    incident = models.Incident.objects.create(
        **key,
        rd_number=f"SC{number:06d}",
        occurred=occurred,
        block="001XX N STATE ST",
        beat="0111",
        arrest_made=True,
    )
    models.Offense.objects.create(**key, incident=incident, primary_type=charge, description="FROM BUILDING")
    models.Involvement.objects.create(**key, incident=incident, person=who, role="arrestee")
    arrest = models.Arrest.objects.create(
        **key, incident=incident, person=who, cb_number=f"CB6{number:07d}", made=occurred
    )
    models.Charge.objects.create(**key, arrest=arrest, statute="720 ILCS 5", description=charge)
    return arrest


@pytest.fixture(scope="module")
def longest(city):  # noqa: ARG001 - the tables are there
    who = person_with(MANY)
    yield who
    # Charges, parts and offenses go with them.
    models.Incident.objects.filter(source="screens").delete()
    models.Person.objects.filter(source="screens").delete()


def page(who, officer="rivera", status=200, **more):
    answer = signed_in(officer).get(f"/people/{who.id}", why(**more))
    assert answer.status_code == status
    return answer.content.decode()


def numbers(text):
    return re.findall(r">(CB6\d{7})<", text)


def test_results_are_one_table_with_a_row_for_each_hit_and_a_form_that_is_folded():
    text = signed_in("rivera").get("/search", why(q="garcia", kind="people")).content.decode()
    table = re.search(r"<table[^>]*dense.*?</table>", text, re.DOTALL)[0]
    heads = re.findall(r'<th scope="col">(.*?)</th>', table)
    assert heads == ["Name", "Born", "Description", "Address", "Why this was found"]
    assert table.count("<tr>") == 1 + table.count('<th scope="row">')
    form = re.search(r'<form class="card search-card asked".*?</form>', text, re.DOTALL)[0]
    assert form.count("<details") == 2
    assert "<details open" not in form.replace(' class="narrowing"', "")
    assert "Criminal investigation" in re.search(r"<summary>(.*?)</summary>", form)[1]


def test_a_long_history_is_a_summary_with_counts_and_the_newest_of_each_part(longest):
    text = page(longest)
    assert numbers(text) == [f"CB6{MANY - 1 - number:07d}" for number in range(5)]
    assert "All 73 arrests" in text
    assert re.search(r"<b class=\"numbers\">73</b><span>Arrests · the last 2019-07-12</span>", text)
    assert re.search(r"<b class=\"numbers\">73</b><span>Involvements · arrestee 73</span>", text)
    assert len(text) < 40_000


def test_a_part_is_turned_page_by_page_and_every_arrest_is_on_one_of_them(longest):
    seen = []
    for number in (1, 2, 3):
        text = page(longest, part="arrests", page=number)
        assert f"page {number} of 3" in text
        seen += numbers(text)
    assert seen == [f"CB6{MANY - 1 - number:07d}" for number in range(MANY)]
    assert numbers(page(longest, part="arrests", page=9)) == seen[50:], "the last page, if there are fewer"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"part": "arrests", "words": "burglary"}, 36),
        ({"part": "arrests", "since": "2019-05-02", "until": "2019-05-11"}, 10),
        ({"part": "arrests", "words": "burglary", "since": "2019-05-02", "until": "2019-05-11"}, 5),
        ({"part": "involvements", "words": "theft building"}, 37),
        ({"part": "involvements", "role": "victim"}, 0),
    ],
)
def test_filters_narrow_a_part_and_stand_in_the_entry(longest, asked, count):
    assert f"{count} of {MANY}" in page(longest, **asked)
    assert bodies()[0]["filters"] == asked
    assert bodies()[0]["record"] == str(longest.id)


def test_turned_pages_and_plain_pages_stand_in_the_entry_as_they_were_asked(longest):
    page(longest, part="arrests", page=2)
    assert bodies()[0]["filters"] == {"part": "arrests", "page": 2}
    page(longest)
    assert bodies()[0]["filters"] == {}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"part": "arrests", "since": "2020-01-02", "until": "2020-01-01"}, "2020-01-01"),
        ({"part": "arrests", "since": "yesterday"}, "From"),
        ({"part": "secrets"}, "Part"),
        ({"part": "arrests", "page": "0"}, "Page"),
        ({"part": "arrests", "page": "x"}, "Page"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence_and_logged(longest, asked, said):
    assert said in re.search(r'class="problem">(.*?)</p>', page(longest, status=400, **asked))[1]


def test_an_order_comes_before_a_mistake_in_the_filters(longest):
    cut_off("us.dhs.ice")
    try:
        refused = signed_in("ives").get(f"/people/{longest.id}", why(part="secrets"))
        assert refused.status_code == 403
    finally:
        lift(next(iter(standing())))


def standing():
    from openclear.access.gate.standing import read_standing

    return [order.id for order in read_standing().orders]


def test_what_is_hidden_is_neither_shown_nor_counted_nor_found_by_a_filter():
    who = person_with(3, sign="h")
    try:
        before = {part: page(who, part=part) for part in ("", "arrests", "involvements")}
        add_arrest(who, 70, charge="ARSON", sign="hidden", labels=Label.SEALED.value)
        for part, text in before.items():
            assert figures(page(who, part=part)) == figures(text)
        assert "0 of 3" in page(who, part="arrests", words="arson")
        assert "0 of 3" in page(who, part="involvements", words="arson")
    finally:
        models.Incident.objects.filter(involvements__person=who).delete()
        who.delete()


def figures(text):
    return re.findall(r'<b class="numbers">(\d+)</b><span>(.*?)</span>', text), numbers(text)


def test_a_page_takes_no_more_statements_for_a_long_history_than_for_a_short_one(longest):
    short, client = person_with(6, sign="s"), signed_in("rivera")
    asked = why()
    taken = []
    for who in (short, longest, short, longest):
        with CaptureQueriesContext(connections["default"]) as statements:
            assert client.get(f"/people/{who.id}", asked).status_code == 200
        taken.append(len(statements))
    assert taken[2] == taken[3], taken
    # Through the index of the person: no statement reads a whole table.
    assert taken[3] < 40, taken


def test_a_stolen_vehicle_is_a_banner_and_another_is_not():
    row = {"source": "screens", "plate_state": "IL", "make": "Toyota", "model": "Camry", "color": "silver"}
    stolen, other = (
        models.Vehicle.objects.create(**row, source_id=plate, plate=plate, stolen=plate == "SCR1")
        for plate in ("SCR1", "SCR2")
    )
    client = signed_in("rivera")
    texts = [client.get(f"/vehicles/{one.id}", why()).content.decode() for one in (stolen, other)]
    assert [text.count('class="banner"') for text in texts] == [1, 0]
    assert "SCR1 IL is in the records as stolen" in texts[0]
    assert texts[0].index("banner") < texts[0].index("<h1")
    models.Vehicle.objects.filter(source="screens").delete()


# --- cases


@pytest.fixture
def cases():
    row = {"source": "screens", "kind": "case", "opened": date(2026, 2, 3)}
    own = models.Case.objects.create(**row, source_id="c1", number="SCR-1", title="Theft: of a lamp")
    theirs = models.Case.objects.create(**row, source_id="c2", number="SCR-2", owner_agency="il.oaklawn.pd")
    hidden = models.Case.objects.create(**row, source_id="c3", number="SCR-3", owner_agency="il.oaklawn.pd")
    models.CaseShare.objects.create(
        case=theirs, agency="il.chicago.pd", shared_by="marsh", since=date(2026, 2, 4)
    )
    yield own, theirs
    for case in (own, theirs, hidden):
        case.delete()


def counts(text):
    return [int(count) for count in re.findall(r'<span class="numbers">(\d+)</span></a>', text)]


def test_cases_are_a_table_of_mine_and_shared_with_counts(cases):  # noqa: ARG001 - are there
    client = signed_in("rivera")
    text = client.get("/cases", {"q": "SCR"}).content.decode()
    assert counts(text) == [2, 1, 1]
    assert re.findall(r'href="/\?case=(SCR-\d)"', text) == ["SCR-1", "SCR-2"], "a row chooses the ground"
    for whose, number in (("mine", "SCR-1"), ("shared", "SCR-2")):
        text = client.get("/cases", {"q": "SCR", "whose": whose}).content.decode()
        assert re.findall(r'href="/\?case=(SCR-\d)"', text) == [number]
        assert counts(text) == [2, 1, 1]
        assert bodies()[0]["asked"] == {"q": "SCR", "whose": whose, "limit": 50, "page": 1}


def test_cases_are_filtered_by_kind_and_days_and_turned_on_every_door(cases):  # noqa: ARG001 - are there
    asked = {"q": "SCR", "kind": "case", "since": "2026-02-03", "until": "2026-02-03"}
    found = ask("rivera", "cases", **asked).json()["results"]
    assert [(row["number"], row["owner"]) for row in found] == [
        ("SCR-1", "il.chicago.pd"),
        ("SCR-2", "il.oaklawn.pd"),
    ]
    assert ask("rivera", "cases", q="SCR", since="2026-02-04").json()["results"] == []
    second = ask("rivera", "cases", q="SCR", limit=1, page=2).json()["results"]
    assert [row["number"] for row in second] == ["SCR-2"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"whose": "theirs"}, "Whose"),
        ({"kind": "novel"}, "Kind"),
        ({"since": "2026-13-01"}, "Opened from"),
        ({"since": "2026-02-03", "until": "2026-02-02"}, "before"),
        ({"page": "0"}, "Page"),
    ],
)
def test_a_filter_of_cases_that_cannot_be_is_said(asked, said):
    answer = signed_in("rivera").get("/cases", asked)
    assert answer.status_code == 400
    assert said in re.search(r'class="problem">(.*?)</p>', answer.content.decode())[1]


# --- the log


def entries(client, **asked):
    answer = client.get("/log", asked)
    assert answer.status_code == 200
    text = answer.content.decode()
    return text, [int(number) for number in re.findall(r'<th scope="row"><a href="/log/entries/(\d+)"', text)]


def test_oversight_finds_entries_by_outcome_act_agency_person_and_case_with_exact_times():
    ask("rivera", "people", q="garcia", purpose=CRIME, case=open_case())
    ask("rivera", "people", q="garcia", purpose=CRIME)
    okafor = signed_in("okafor")
    text, refused = entries(okafor, decision="deny", action="person.search", officer="Rivera")
    assert refused
    body = re.search(r"<tbody>(.*)</tbody>", text, re.DOTALL)[1]
    assert body.count("refused") == body.count("person: search") == len(refused)
    assert re.search(r">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d C[DS]T</time>", body), (
        "exact, in the city's zone"
    )
    assert bodies("okafor")[0]["filters"] == {
        "decision": "deny", "action": "person.search", "officer": "Rivera",
    }  # fmt: skip
    _, named = entries(okafor, case=open_case(), action="person")
    assert named
    _, of_agency = entries(okafor, agency="us.dhs.ice", officer="rivera")
    assert all("us.dhs.ice" in header_at(number)["agencies"] for number in of_agency)
    assert entries(okafor, agency="us.doj.atf", officer="rivera", until="2001-01-01")[1] == []


def test_days_of_the_log_are_the_citys_and_older_entries_keep_the_filters():
    okafor = signed_in("okafor")
    text, found = entries(okafor, decision="allow")
    today = re.search(r">(\d{4}-\d\d-\d\d) \d\d:", text)[1]
    assert set(entries(okafor, decision="allow", since=today)[1][2:]) <= set(found) | set(
        entries(okafor, decision="allow", since=today)[1]
    )
    assert entries(okafor, until="2001-01-01")[1] == []
    if 'rel="next"' in text:
        assert "decision=allow&amp;before=" in text


def test_others_see_hours_and_may_not_look_for_people():
    rivera = signed_in("rivera")
    for asked in ({"officer": "brandt"}, {"case": open_case()}):
        answer = rivera.get("/log", asked)
        assert answer.status_code == 400
        assert "Only oversight" in answer.content.decode()
    assert 'name="officer"' not in rivera.get("/log").content.decode()
    wrong = rivera.get("/log", {"since": "soon"})
    assert wrong.status_code == 400


def test_own_searches_have_exact_times():
    client = signed_in("rivera")
    client.get("/search", why(q="garcia", kind="people"))
    text = client.get("/searches").content.decode()
    assert re.search(r">\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d C[DS]T</time>", text)
