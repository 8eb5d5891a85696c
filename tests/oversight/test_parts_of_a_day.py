"""*Who could see?* tells a day part by part: an order hides nothing that was answered before it."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from openclear.access.models import OrderState, PolicyVersion
from openclear.audit.models import Body
from openclear.cli.main import main
from openclear.records.arrests.models import Arrest
from openclear.records.cases.models import Case
from openclear.records.dependents import rows_of
from openclear.records.incidents.models import Involvement
from openclear.records.kinds import BY_NOUN, KINDS
from openclear.records.models import Sealing
from openclear.records.people.models import Person
from openclear.records.property.models import PropertyItem
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.days import bounds_of_day, today_here
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, cut_off, grant, lift, open_case, search, signed_in

CHICAGO = ZoneInfo("America/Chicago")


def told(capsys, *words):
    capsys.readouterr()
    assert main([*words, "--json"], lambda: None) == 0
    return json.loads(capsys.readouterr().out)


def could_see(capsys, agency, record, on=None):
    return told(
        capsys, "could-see", "--agency", agency, "--record", str(record), *(("--on", str(on)) if on else ())
    )


@pytest.fixture
def plain():
    return Person.objects.filter(labels=0, names__kind="main").order_by("id").first()


@pytest.fixture
def at_1358():
    """The order on ICE came into force yesterday at 13:58 by the city's clock, and was lifted this morning."""
    receipt = cut_off("us.dhs.ice")
    day = today_here() - timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, 13, 58, tzinfo=CHICAGO)
    OrderState.objects.filter(order=receipt.order).update(moment=moment)
    PolicyVersion.objects.update(moment=moment - timedelta(days=30))
    lift(receipt.order)
    yield day, receipt.order
    OrderState.objects.filter(order=receipt.order).update(moment=clock.now())


def test_until_1358_it_could_and_after_that_it_could_not(at_1358, plain, capsys):
    day, order = at_1358
    answer = could_see(capsys, "us.dhs.ice", plain.id, day)
    parts = [(part["since"], part["until"], part["could"], part["orders"]) for part in answer["parts"]]
    assert parts == [("00:00:00", "13:58:00", True, []), ("13:58:00", "24:00:00", False, [order])]
    assert answer["could"] is True
    assert answer["time_zone"] == "America/Chicago"
    assert answer["orders"] == [order]
    assert answer["rules_of_the_day"] is True
    assert (
        main(
            ["could-see", "--agency", "us.dhs.ice", "--record", str(plain.id), "--on", str(day)], lambda: None
        )
        == 0
    )
    text = capsys.readouterr().out
    assert "from 00:00:00 to 13:58:00 yes, from 13:58:00 to 24:00:00 no." in text
    page = signed_in("okafor").get(
        "/oversight/could-see", {"agency": "us.dhs.ice", "record": str(plain.id), "on": str(day)}
    )
    shown = re.sub(r"<[^>]+>", "", page.content.decode())
    assert "it could from 00:00:00 to 13:58:00 (America/Chicago)" in shown
    assert "it could not from 13:58:00 to 24:00:00 (America/Chicago)" in shown


def test_the_neighbors_of_the_agency_have_one_whole_day(at_1358, plain, capsys):
    day, _ = at_1358
    answer = could_see(capsys, "us.doj.fbi", plain.id, day)
    assert [(part["since"], part["until"], part["could"]) for part in answer["parts"]] == [
        ("00:00:00", "24:00:00", True)
    ]


def test_an_explanation_of_a_past_day_tells_its_parts_too(at_1358, capsys):
    day, order = at_1358
    asked = ("--action", "person.view", "--purpose", CRIME, "--case", open_case(), "--on", str(day))
    answer = told(capsys, "explain", "--officer", "ives", *asked)
    assert answer["allowed"] is False
    last = answer["parts"][-1]
    assert (last["since"], last["until"], last["rules"]) == ("13:58:00", "24:00:00", [f"cut-off:{order}"])
    assert answer["parts"][0]["rules"] != last["rules"]
    page = signed_in("okafor").get(
        "/explain",
        {"officer": "ives", "action": "person.view", "purpose": CRIME, "case": open_case(), "on": str(day)},
    )
    assert "from 13:58:00 to 24:00:00 (America/Chicago)" in page.content.decode()


@pytest.mark.usefixtures("cut_ice")
def test_what_was_answered_before_an_order_of_today_is_no_contradiction(plain, capsys):
    lift("us.dhs.ice")
    shown = search("ives", f"{plain.given} {plain.family}").json()["receipt"]["entry"]
    cut_off("us.dhs.ice")
    answer = could_see(capsys, "us.dhs.ice", plain.id)
    assert shown in answer["entries_that_showed_it"]
    assert next(row["could"] for row in answer["shown"] if row["entry"] == shown) is True
    assert answer["parts"][-1]["could"] is False


@pytest.mark.parametrize("through", ["itself", "its incident"])
def test_a_record_that_was_sealed_later_could_be_seen_before(capsys, through):
    from openclear.records.sealing import seal

    item = PropertyItem.objects.filter(labels=0, incident__labels=0).order_by("-id").first()
    rows = {"itself": ("property", item.id), "its incident": ("incident", item.incident_id)}
    kind, sealed = rows[through]
    yesterday = today_here() - timedelta(days=1)
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    before = could_see(capsys, "us.doj.fbi", item.id, yesterday)
    seal(key, kind=kind, record=sealed, court_order="26 CV 1234")
    try:
        assert before["could"] is True
        assert could_see(capsys, "us.doj.fbi", item.id, yesterday) == before
        now = could_see(capsys, "us.doj.fbi", item.id)
        assert [now["parts"][0]["could"], now["parts"][-1]["could"]] == [True, False]
        assert now["parts"][-1]["purposes"]["criminal-investigation"] == ["hidden-by-its-labels"]
    finally:
        Sealing.objects.filter(record=sealed).delete()
        for found in rows_of(BY_NOUN[kind], sealed):
            found.update(labels=0)


def test_a_day_is_the_citys_and_ends_at_its_midnight():
    begins, ends = bounds_of_day(datetime(2026, 3, 8, tzinfo=UTC).date())  # the night when clocks go forward
    assert (begins.hour, ends.hour, ends - begins) == (6, 5, timedelta(hours=23))


# A record of each kind whose page names other records: each with those that it names.


def _person():
    part = (
        Involvement.objects.filter(labels=0, person__labels=0, incident__labels=0)
        .exclude(role="arrestee")
        .first()
    )
    return "people", part.person_id, {part.incident_id}


def _incident():
    part = (
        Involvement.objects.filter(labels=0, person__labels=0, incident__labels=0)
        .exclude(role="arrestee")
        .first()
    )
    return "incidents", part.incident_id, {part.person_id}


def _arrest():
    row = Arrest.objects.filter(labels=0, person__labels=0, incident__labels=0).first()
    return "arrests", row.id, {row.person_id, row.incident_id}


def _vehicle():
    row = Vehicle.objects.filter(labels=0, registered_owner__labels=0).first()
    return "vehicles", row.id, {row.registered_owner_id}


def _property():
    row = PropertyItem.objects.filter(labels=0, incident__labels=0).first()
    return "property", row.id, {row.incident_id}


def _case():
    row = Case.objects.filter(number=open_case()).first()
    return "cases", row.id, {row.incident_id} - {None}


STORIES = (_person, _incident, _arrest, _vehicle, _property, _case)


def shown_by(receipt):
    fields = json.loads(Body.objects.using("audit").get(entry=receipt).fields)
    return set(fields["shown"]["value"])


def test_every_kind_has_its_story():
    assert {story()[0] for story in STORIES} == {str(kind.dataset) for kind in KINDS}


@pytest.mark.parametrize("story", STORIES)
def test_a_page_has_every_record_that_it_names_in_its_entry(story):
    kind, record, named = story()
    reason = {"purpose": CRIME, "case": open_case()}
    api = ask("rivera", f"{kind}/{record}", **({} if kind == "cases" else reason))
    page = signed_in("rivera").get(f"/{kind}/{record}", reason)
    wanted = {str(one) for one in {record, *named}}
    for answer in (api, page):
        assert answer.status_code == 200
        assert wanted <= shown_by(answer.headers["OpenCLEAR-Receipt"].split()[0])


def every_record():
    return {str(row) for kind in KINDS for row in kind.model.objects.values_list("id", flat=True)}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", {}),
        ("/cases", {}),
        ("/suggest", {"case": "C"}),
        ("/search", {"q": "garcia", "kind": "people"}),
        ("/search", {"q": "0", "kind": "incidents"}),
        ("/search", {"q": "CB", "kind": "arrests"}),
        ("/search", {"q": "OC", "kind": "vehicles"}),
        ("/search", {"q": "9", "kind": "property"}),
    ],
)
def test_a_list_has_every_record_that_it_names_in_its_entry(path, asked):
    client = signed_in("rivera")
    page = client.get(path, {"purpose": CRIME, "case": open_case(), **asked})
    assert page.status_code == 200
    ids = set(
        re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", page.content.decode())
    )
    held = shown_by(page.headers["OpenCLEAR-Receipt"].split()[0])
    assert ids & every_record() <= held
    if "arrests" in asked.values():
        assert {str(Arrest.objects.get(pk=row).person_id) for row in ids & every_record()} <= held
    numbers = re.findall(r'<option value="(C[^"]+)">', page.content.decode())
    assert {str(row) for row in Case.objects.filter(number__in=numbers).values_list("id", flat=True)} <= held


def test_oversight_finds_a_person_who_was_named_in_the_page_of_an_incident(capsys):
    _, incident, (person,) = _incident()
    page = ask("brandt", f"incidents/{incident}", purpose=CRIME, case=open_case())
    entry = page.json()["receipt"]["entry"]
    assert entry in could_see(capsys, "il.chicago.pd", person)["entries_that_showed_it"]


# Which case numbers are used


@pytest.fixture
def overseer():
    return grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)


def test_a_case_number_is_one_however_it_is_written(overseer):
    from openclear.audit.reading import case_uses, users_of_case

    case = open_case()
    before = {row.case: row.asks for row in case_uses(overseer)}.get(case, 0)
    for written in (case.lower(), f" {case}", case.title()):
        assert search("rivera", "garcia", case=written).status_code == 200
    rows = [row for row in case_uses(overseer) if row.case.upper() == case]
    assert [(row.case, row.asks - before) for row in rows] == [(case, 3)]
    assert {who for who, _, _ in users_of_case(overseer, case=case.lower())} >= {"rivera"}


@pytest.mark.parametrize("kind", ["no such case", "not theirs", "refused"])
def test_a_number_that_grounded_nothing_is_no_used_one(overseer, kind):
    from openclear.audit.reading import case_uses, cases_without_effect

    number = f"XX-{uuid4().hex[:8].upper()}"
    if kind == "no such case":
        assert search("rivera", "garcia", case=number).status_code == 403
    elif kind == "not theirs":
        Case.objects.create(
            id=uuid4(), source="story", source_id=number, number=number, kind="case", title="T", opened="2026-06-29",
            owner_agency="us.doj.fbi",
        )  # fmt: skip
        assert search("rivera", "garcia", case=number).status_code == 403
    else:
        Case.objects.create(
            id=uuid4(), source="story", source_id=number, number=number, kind="case", title="T", opened="2026-06-29",
        )  # fmt: skip
        asked = {"purpose": Purpose.CIVIL_IMMIGRATION_ENFORCEMENT, "case": number}
        assert search("rivera", "garcia", **asked).status_code == 403
    assert number not in {row.case for row in case_uses(overseer, most=10_000)}
    assert number in {row.case for row in cases_without_effect(overseer, most=10_000)}
    page = signed_in("okafor").get("/oversight/cases").content.decode()
    assert "Named without effect" in page
    Case.objects.filter(number=number).delete()


def test_an_id_is_an_id():
    from openclear.records.found import records_in

    one, other = UUID(int=1), UUID(int=2)
    assert records_in((one, "x", [other, (one,)]), None, 7) == [one, other]
