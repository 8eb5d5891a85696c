"""A stop or call is a ground for itself alone: tried by other plates, people, data sets, doors and people, later, and moved."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections
from django.test import Client

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.access.registry import ties
from openclear.access.registry.commands import NewOfficer
from openclear.audit import log
from openclear.audit.models import Body
from openclear.records.incidents.models import Incident
from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.people.rules import name_words, sound_of
from openclear.records.stops.models import Stop, StopPerson
from openclear.records.stops.rules import MOST_PEOPLE, is_number, new_number
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary import clock
from openclear.vocabulary.actions import SEARCHES, VIEWS, Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import (
    ADMINISTRATION,
    CRIME,
    ask,
    cut_off,
    grant,
    lift,
    open_case,
    registered,
    signed_in,
    token,
)

pytestmark = pytest.mark.anywhere

STOP, CALL = Purpose.TRAFFIC_STOP, Purpose.DISPATCH_RESPONSE
PLACE = "1500 N MILWAUKEE AVE"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _no_stop_left():
    yield
    Stop.objects.all().delete()


@pytest.fixture
def car():
    """A vehicle with a registered owner, both without a handling label."""
    return Vehicle.objects.filter(labels=0, registered_owner__labels=0).order_by("plate").first()


@pytest.fixture
def other(car):
    """Another such vehicle of another owner."""
    rest = Vehicle.objects.filter(labels=0, registered_owner__labels=0).exclude(plate=car.plate)
    return rest.exclude(registered_owner=car.registered_owner).order_by("plate").first()


def started(client, plate="", kind="stop", place=PLACE):
    """Start a stop, and return its number."""
    response = client.post("/stops/start", {"kind": kind, "place": place, "plate": plate})
    assert response.status_code == 303, response.content.decode()
    return Stop.objects.get(ended=None).number


def page(client, path, number, purpose=STOP, **more):
    return client.get(path, {"purpose": purpose, "case": number} | more)


def why(response):
    """The rules that a page of refusal names."""
    assert response.status_code == 403, response.status_code
    return re.findall(r"<code>([a-z-]+)</code>", response.content.decode())


def looked_up(client, plate, number, **more):
    return page(client, "/search", number, kind="vehicles", q=plate, **more)


def test_plate_vehicle_and_owner_of_a_stop_and_of_it_alone(car, other):
    rivera = signed_in("rivera")
    assert why(page(rivera, f"/people/{car.registered_owner_id}", "")) == ["person-needs-open-case"]
    number = started(rivera, car.plate)
    assert is_number(number)
    found = looked_up(rivera, car.plate, number)
    assert found.status_code == 200
    assert str(car.id) in found.content.decode()
    assert page(rivera, f"/vehicles/{car.id}", number).status_code == 200
    owner = page(rivera, f"/people/{car.registered_owner_id}", number)
    assert owner.status_code == 200
    assert car.registered_owner.family in owner.content.decode()
    # Another plate, the beginning of this one, another vehicle, another registered owner, and nobody.
    for plate in (other.plate, car.plate[:3], car.plate[:-1], car.plate + "0"):
        assert "stop-is-for-its-own" in why(looked_up(rivera, plate, number)), plate
    refused = [
        why(page(rivera, path, number))
        for path in (f"/vehicles/{other.id}", f"/people/{other.registered_owner_id}", f"/people/{NOBODY}")
    ]
    assert refused == [["stop-is-for-its-own"]] * 3, "the same, whether or not there is one"


def with_a_history(client):
    """A vehicle whose registered owner has arrests and incidents that an officer with a case may see."""
    reason = {"purpose": CRIME, "case": open_case()}
    for found in Vehicle.objects.filter(
        labels=0, registered_owner__labels=0, registered_owner__arrests__labels=0
    ).order_by("plate"):
        shown = client.get(f"/people/{found.registered_owner_id}", reason).content
        if b"/incidents/" in shown and b"/arrests/" in shown:
            return found
    raise AssertionError("no registered owner has a history")


def test_what_a_stop_shows_of_a_person_is_the_person_and_this_vehicle():
    rivera = signed_in("rivera")
    car = with_a_history(rivera)
    second = Vehicle.objects.create(
        source="test", source_id="second-car", plate="ZZ99999", plate_state="IL", make="Ford", model="T",
        color="black", registered_owner=car.registered_owner,
    )  # fmt: skip
    try:
        number = started(rivera, car.plate)
        shown = page(rivera, f"/people/{car.registered_owner_id}", number).content.decode()
        assert car.plate in shown
        assert "ZZ99999" not in shown
        assert "/incidents/" not in shown
        assert "/arrests/" not in shown
        assert "stop-is-for-its-own" in why(page(rivera, f"/vehicles/{second.id}", number))
    finally:
        second.delete()


@pytest.mark.parametrize("kind", ["people", "incidents", "arrests", "property"])
def test_no_search_of_another_kind_is_done_for_a_stop(kind, car):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    for text in (
        "garcia",
        car.plate,
        str(car.registered_owner_id),
        number,
        f"{car.registered_owner.given} {car.registered_owner.family}",
    ):
        refused = why(page(rivera, "/search", number, kind=kind, q=text))
        assert "stop-finds-nobody-by-name" in refused, text


@pytest.mark.parametrize("action", sorted({*SEARCHES, *VIEWS} - {Action.VEHICLE_SEARCH}))
def test_every_act_on_records_is_refused_for_what_is_not_of_the_stop(action, car):
    number = started(signed_in("rivera"), car.plate)
    for subject in ("", car.plate, NOBODY, number):
        with pytest.raises(Refused) as refused:
            gate.open_for("rivera", action, purpose=STOP, case=number, subject=subject, at_desk=True)
        assert "stop-is-for-its-own" in refused.value.verdict.rule_ids


def test_the_rows_of_a_stop_end_below_the_gate_too(car, other):
    """A second wall: whatever a query under the grant of a stop is asked for, other rows are not there."""
    from openclear.records.people import queries as people
    from openclear.records.vehicles import queries as vehicles

    number = started(signed_in("rivera"), car.plate)
    key = gate.open_for(
        "rivera", Action.VEHICLE_SEARCH, purpose=STOP, case=number, subject=car.plate, at_desk=True
    )
    assert {row.plate for row in vehicles.within(key)} == {car.plate}
    assert vehicles.detail(key, other.id) is None
    assert people.detail(key, other.registered_owner_id) is None
    assert [row.id for row in people.within(key)] == [car.registered_owner_id]


@pytest.mark.parametrize("purpose", [CRIME, CALL, Purpose.MISSING_PERSON, Purpose.WARRANT_SERVICE])
def test_a_stop_is_for_one_purpose(purpose, car):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    assert "stop-has-its-purpose" in why(page(rivera, f"/people/{car.registered_owner_id}", number, purpose))


def test_a_call_shows_no_more_than_a_stop(car):
    """Answering a call opens medical and juvenile records; a call that one starts oneself does not."""
    rivera = signed_in("rivera")
    number = started(rivera, car.plate, "call")
    assert page(rivera, f"/people/{car.registered_owner_id}", number, CALL).status_code == 200
    labeled = Person.objects.filter(pk=car.registered_owner_id)
    for label in (Label.JUVENILE, Label.MEDICAL, Label.VICTIM, Label.SEALED):
        labeled.update(labels=label.value)
        try:
            refused = page(rivera, f"/people/{car.registered_owner_id}", number, CALL)
            assert why(refused) == why(page(rivera, f"/people/{NOBODY}", number, CALL))
            vehicle = page(rivera, f"/vehicles/{car.id}", number, CALL).content.decode()
            assert str(car.registered_owner_id) not in vehicle
        finally:
            labeled.update(labels=0)


def test_only_the_desk_can_name_it(car):
    """Not the API, not an integration, not for another agency, not a file, an alert or a link."""
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    for path, asked in ((f"people/{car.registered_owner_id}", {}), ("vehicles", {"q": car.plate})):
        refused = ask("rivera", path, purpose=STOP, case=number, **asked)
        assert refused.status_code == 403
        assert "stop-is-for-the-desk" in refused.json()["rule_ids"]
    carried = Client(
        headers={"authorization": f"Bearer {token('crossroads')}", "openclear-acting-for": "rivera"}
    )
    assert (
        carried.get(
            f"/api/v1/people/{car.registered_owner_id}", {"purpose": STOP, "case": number}
        ).status_code
        == 403
    )
    other_agency = page(rivera, f"/people/{car.registered_owner_id}", number, on_behalf_of="us.doj.fbi")
    assert other_agency.status_code == 403
    own_agency = page(rivera, f"/people/{car.registered_owner_id}", number, on_behalf_of="il.chicago.pd")
    assert "stop-is-for-the-desk" in why(own_agency)
    kept = {"kind": "vehicles", "q": car.plate, "purpose": STOP, "case": number, "format": "csv"}
    for path in ("/saved/exports", "/saved/alerts"):
        assert "stop-is-for-its-own" in why(rivera.post(_named(path), kept))
    link = {"kind": "vehicles", "record": str(car.id), "purpose": STOP, "case": number}
    assert "stop-is-for-its-own" in why(rivera.post(_named("/saved/links"), link))


def _named(path):
    from django.urls import reverse

    return reverse(
        {"/saved/exports": "ask-export", "/saved/alerts": "keep-alert", "/saved/links": "give-link"}[path]
    )


def test_nobody_else_can_name_it_and_nobody_learns_that_it_is_there(car):
    number = started(signed_in("rivera"), car.plate)
    absent = new_number("stop", clock.today())
    for who in ("brandt", "whitfield", "marsh", "frost"):
        client = signed_in(who)
        theirs = page(client, f"/people/{car.registered_owner_id}", number)
        none = page(client, f"/people/{car.registered_owner_id}", absent)
        assert why(theirs) == why(none)
        assert "named-case-must-be-open" in why(theirs)
        assert number not in client.get("/suggest", {"case": "STOP"}).content.decode()


@pytest.mark.parametrize(
    "who", ["brandt", "whitfield", "chen", "osei", "novak", "okafor", "marsh", "hale", "frost", "ives"]
)
def test_only_patrol_of_the_department_starts_one(who):
    client = signed_in(who)
    assert b"Start stop" not in client.get("/").content
    refused = client.post("/stops/start", {"kind": "stop", "place": PLACE, "plate": ""})
    assert why(refused) == ["no-rule-permits"]
    assert not Stop.objects.exists()


def test_no_api_command_or_integration_starts_one():
    for asking in (
        {"officer": "rivera"},
        {"officer": "rivera", "through": "crossroads", "at_desk": True},
        {"officer": "rivera", "on_behalf_of": "il.chicago.pd", "at_desk": True},
        {"officer": "crossroads", "at_desk": True},
        {"officer": "importer", "at_desk": True},
    ):
        for action in (Action.STOP_START, Action.STOP_END):
            purpose = STOP if action is Action.STOP_START else Purpose.OWN_ACCOUNT
            with pytest.raises(Refused):
                gate.open_for(
                    asking["officer"],
                    action,
                    purpose=purpose,
                    **{k: v for k, v in asking.items() if k != "officer"},
                )
    token_alone = Client(headers={"authorization": f"Bearer {token('rivera')}"})
    assert token_alone.post("/stops/start", {"kind": "stop", "place": PLACE}).status_code == 302, (
        "to the sign-in"
    )
    assert not Stop.objects.exists()


def test_one_is_open_at_a_time(car, other):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    again = rivera.post("/stops/start", {"kind": "call", "place": PLACE, "plate": other.plate})
    assert again.status_code == 400
    assert f"You have {number} open" in again.content.decode()
    with pytest.raises(IntegrityError):
        Stop.objects.create(
            number="STOP-20260101-AAAAAA", kind="stop", officer="rivera", place=PLACE, opened=clock.now(), until=clock.now(),
        )  # fmt: skip
    assert rivera.post("/stops/end", {"number": number, "outcome": "Warning given"}).status_code == 303
    second = started(rivera, other.plate)
    assert second != number
    assert why(page(rivera, f"/people/{car.registered_owner_id}", number)), (
        "one that was ended is over at once"
    )


def test_of_two_that_are_started_at_once_there_is_one():
    outcomes = []

    def start():
        try:
            key = gate.open_for("rivera", Action.STOP_START, purpose=STOP, at_desk=True)
            from openclear.records.stops.commands import start_stop

            outcomes.append(start_stop(key, place=PLACE).number)
        except NotPossible:
            outcomes.append(None)
        finally:
            log.hang_up()
            connections.close_all()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert len([one for one in outcomes if one]) == 1
    assert Stop.objects.count() == 1


def test_it_closes_by_itself_after_an_hour_and_asks_what_came_of_it(car, other, monkeypatch):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    stop = Stop.objects.get(number=number)
    assert stop.until - stop.opened == timedelta(minutes=60)
    asking = gate.open_for(
        "rivera",
        Action.PERSON_VIEW,
        purpose=STOP,
        case=number,
        subject=str(car.registered_owner_id),
        at_desk=True,
    )
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: stop.until - timedelta(seconds=1))
        assert page(rivera, f"/people/{car.registered_owner_id}", number).status_code == 200
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: stop.until)
        assert "named-case-must-be-open" in why(page(rivera, f"/people/{car.registered_owner_id}", number))
        with pytest.raises(Refused):
            asking.release("an answer that was begun before the hour was over")
        desk = rivera.get("/").content.decode()
        assert f"What came of {number}" in " ".join(desk.replace("</label>", " ").split())
        assert "Start stop" in desk
        second = started(rivera, other.plate)
        assert Stop.objects.get(number=number).ended == stop.until
        ended = rivera.post("/stops/end", {"number": number, "outcome": "  Citation,  taillight "})
        assert ended.status_code == 303
        assert Stop.objects.get(number=number).outcome == "Citation, taillight"
        assert f"What came of {number}" not in rivera.get("/").content.decode()
        said_again = rivera.post("/stops/end", {"number": number, "outcome": "Nothing"})
        assert said_again.status_code == 400
        assert second in rivera.get("/").content.decode()


def test_of_a_stop_nobody_else_says_what_came_of_it():
    number = started(signed_in("rivera"))
    officer("sato")
    for who, status in (("sato", 400), ("marsh", 403), ("novak", 400)):
        said = signed_in(who).post("/stops/end", {"number": number, "outcome": "x"})
        assert said.status_code == status, who
    assert Stop.objects.get(number=number).ended is None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "stop", "place": ""}, "Enter the place"),
        ({"kind": "stop", "place": "x" * 121}, "Enter the place"),
        ({"kind": "raid", "place": PLACE}, "whether to start a stop or a call"),
        ({"kind": "stop", "place": PLACE, "plate": "A"}, "Enter the whole plate"),
        ({"kind": "stop", "place": PLACE, "plate": "ABC 123 456"}, "Enter the whole plate"),
        ({"kind": "stop", "place": PLACE, "plate": "%%"}, "Enter the whole plate"),
    ],
)
def test_a_stop_has_a_place_and_a_whole_plate(sent, words):
    response = signed_in("rivera").post("/stops/start", sent)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Stop.objects.exists()


def test_the_plate_comes_later_and_can_be_corrected_until_it_finds_a_vehicle(car, other):
    rivera = signed_in("rivera")
    number = started(rivera)
    assert "stop-is-for-its-own" in why(looked_up(rivera, car.plate, number))
    for plate in ("NOSUCH1", car.plate, car.plate.lower()):
        response = rivera.post("/stops/plate", {"number": number, "plate": plate})
        assert response.status_code == 303
    assert rivera.get(response["Location"]).status_code == 200
    another = rivera.post("/stops/plate", {"number": number, "plate": other.plate})
    assert another.status_code == 400
    assert "end it and start another" in another.content.decode()
    assert Stop.objects.get(number=number).plate == car.plate
    officer("sato")
    assert signed_in("sato").post("/stops/plate", {"number": number, "plate": "NOSUCH2"}).status_code == 400
    assert rivera.post("/stops/plate", {"number": "CZ-1", "plate": "NOSUCH2"}).status_code == 400


@pytest.fixture
def driver():
    """Somebody with a whole name, a date of birth and an alias, without a label."""
    person = Person.objects.create(
        source="test",
        source_id="driver",
        family="Muñoz-Oakes",
        given="Zaida",
        birth_date="1991-04-17",
        sex="F",
    )
    for kind, given, family in (("main", "Zaida", "Muñoz-Oakes"), ("alias", "Zee", "Oakes")):
        name = PersonName.objects.create(
            source="test", source_id=f"driver-{kind}", person=person, kind=kind, given=given, family=family
        )
        for word in name_words(f"{given} {family}"):
            NameWord.objects.create(person=person, name=name, word=word, sound=sound_of(word))
    yield person
    person.delete()


def met(client, number, name, born="1991-04-17"):
    return client.post("/stops/people", {"number": number, "name": name, "born": born})


def test_a_person_who_is_met_is_added_by_full_name_and_date_of_birth(driver, car):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    assert why(page(rivera, f"/people/{driver.id}", number)) == ["stop-is-for-its-own"]
    for name, born in (
        ("Zaida Muñoz-Oakes", "1991-04-18"), ("Zaida Oakes", "1991-04-17"), ("Zaida Munos Oakes", "1991-04-17"),
        ("Z Munoz Oakes", "1991-04-17"), ("Zaida Zaida", "1991-04-17"),
    ):  # fmt: skip
        nobody = met(rivera, number, name, born)
        assert nobody.status_code == 200
        assert "Nobody with exactly this name" in nobody.content.decode()
    assert why(page(rivera, f"/people/{driver.id}", number)) == ["stop-is-for-its-own"]
    found = met(rivera, number, "munoz oakes, zaida")
    assert str(driver.id) in found.content.decode()
    assert page(rivera, f"/people/{driver.id}", number).status_code == 200
    assert StopPerson.objects.get().person == driver
    assert met(rivera, number, "zee oakes").status_code == 200


@pytest.mark.parametrize(
    ("name", "born"), [("Oakes", "1991-04-17"), ("", "1991-04-17"), ("Zee Oakes", ""), ("Zee Oakes", "1991")]
)
def test_half_a_name_or_half_a_date_finds_nobody(name, born, driver):
    rivera = signed_in("rivera")
    response = met(rivera, started(rivera), name, born)
    assert response.status_code == 400
    assert str(driver.id) not in response.content.decode()


def test_attempts_are_counted_found_or_not(driver):
    rivera = signed_in("rivera")
    number = started(rivera)
    for attempt in range(MOST_PEOPLE):
        assert met(rivera, number, f"nobody number{attempt}").status_code == 200
    too_many = met(rivera, number, "zee oakes")
    assert too_many.status_code == 400
    assert str(driver.id) not in too_many.content.decode()
    assert Stop.objects.get(number=number).asked == MOST_PEOPLE


def test_a_hidden_person_is_met_by_nobody(driver):
    rivera = signed_in("rivera")
    number = started(rivera, kind="call")
    Person.objects.filter(pk=driver.pk).update(labels=Label.JUVENILE.value)
    assert "Nobody with exactly this name" in met(rivera, number, "zee oakes").content.decode()
    assert not StopPerson.objects.exists()


def test_people_are_added_to_ones_own_open_stop_at_the_desk_alone(driver, monkeypatch):
    rivera = signed_in("rivera")
    number = started(rivera)
    officer("sato")
    assert "named-case-must-be-open" in why(met(signed_in("sato"), number, "zee oakes"))
    assert met(signed_in("frost"), number, "zee oakes").status_code == 403
    for asking in ({}, {"at_desk": True}, {"at_desk": True, "subject": str(driver.id)}, {"subject": number}):
        with pytest.raises(Refused):
            gate.open_for("rivera", Action.STOP_IDENTIFY, purpose=STOP, case=number, **asking)
    case = open_case()
    with pytest.raises(Refused):
        gate.open_for("rivera", Action.STOP_IDENTIFY, purpose=STOP, case=case, subject=case, at_desk=True)
    until = Stop.objects.get(number=number).until
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: until)
        assert "named-case-must-be-open" in why(met(rivera, number, "zee oakes"))


def officer(handle, roles=("officer", "patrol")):
    new = NewOfficer(
        handle=handle, name=handle.title(), title="Officer", roles=roles, ties=[("il.chicago.pd", "employer")],
        certified_until=clock.today() + timedelta(days=30),
    )  # fmt: skip
    registered(officers=[new])


def tied(handle, agency, *, end=False, kind="task-force"):
    first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    if end:
        ties.end_affiliation(first, handle=handle, agency=agency, approval=second)
    else:
        ties.affiliate(first, handle=handle, agency=agency, kind=kind, approval=second)


def test_an_order_reaches_it_from_that_second(car):
    """An officer who is on a task force of an agency under an order, at a stop that was started before."""
    officer("okoye")
    client = signed_in("okoye")
    number = started(client, car.plate)
    owner = f"/people/{car.registered_owner_id}"
    assert page(client, owner, number).status_code == 200
    tied("okoye", "us.doj.atf")
    # A tie to another agency alone ends it: nobody is on patrol for two.
    assert why(page(client, owner, number)) == ["stop-is-for-patrol"]
    assert why(looked_up(client, car.plate, number)) == ["stop-is-for-patrol"]
    assert why(client.post("/stops/start", {"kind": "stop", "place": PLACE})) == ["no-rule-permits"]
    order = cut_off("us.doj.atf").order
    try:
        for response in (
            page(client, owner, number),
            looked_up(client, car.plate, number),
            met(client, number, "zee oakes"),
        ):
            assert response.status_code == 403
            assert f"cut-off:{order}" in response.content.decode()
        assert client.post("/stops/plate", {"number": number, "plate": car.plate}).status_code == 403
        assert client.post("/stops/end", {"number": number, "outcome": "x"}).status_code == 403
    finally:
        lift(order)
    tied("okoye", "us.doj.atf", end=True)
    assert page(client, owner, number).status_code == 200


def test_an_answer_for_a_stop_that_was_begun_before_the_order_does_not_leave(car):
    officer("okoye")
    number = started(signed_in("okoye"), car.plate)
    asking = gate.open_for(
        "okoye",
        Action.PERSON_VIEW,
        purpose=STOP,
        case=number,
        subject=str(car.registered_owner_id),
        at_desk=True,
    )
    tied("okoye", "us.doj.dea")
    try:
        with pytest.raises(Refused, match="patrol duty"):
            asking.release("an answer")
    finally:
        tied("okoye", "us.doj.dea", end=True)


def test_an_officer_who_moved_to_another_agency_has_no_stop_any_more(car):
    officer("moved")
    client = signed_in("moved")
    number = started(client, car.plate)
    tied("moved", "il.chicago.pd", end=True)
    tied("moved", "il.oaklawn.pd", kind="employer")
    refused = why(page(client, f"/people/{car.registered_owner_id}", number))
    assert "named-case-must-be-open" in refused


@pytest.mark.parametrize(
    "limits", [{"scope": ["cases"]}, {"purposes": [STOP]}, {"scope": ["people"]}], ids=str
)
def test_a_limited_order_reaches_it_too(limits, car):
    officer("okoye")
    client = signed_in("okoye")
    number = started(client, car.plate)
    tied("okoye", "us.doj.atf")
    order = cut_off("us.doj.atf", **limits).order
    try:
        response = page(client, f"/people/{car.registered_owner_id}", number)
        assert f"cut-off:{order}" in response.content.decode()
    finally:
        lift(order)
        tied("okoye", "us.doj.atf", end=True)


def test_who_is_no_longer_on_patrol_has_no_stop_any_more(car):
    from openclear.access.gate.requesters import requester_at
    from openclear.access.models import Officer

    officer("sato")
    client = signed_in("sato")
    number = started(client, car.plate)
    Officer.objects.filter(handle="sato").update(roles=["officer"])
    requester_at.cache_clear()
    try:
        assert why(page(client, f"/people/{car.registered_owner_id}", number)) == ["stop-is-for-patrol"]
    finally:
        Officer.objects.filter(handle="sato").update(roles=["officer", "patrol"])
        requester_at.cache_clear()


def test_everything_about_a_stop_is_in_the_log_under_its_number(car, driver):
    rivera = signed_in("rivera")
    number = started(rivera, car.plate)
    before = Body.objects.using("audit").filter(case=number).count()
    looked_up(rivera, car.plate, number)
    page(rivera, f"/people/{car.registered_owner_id}", number)
    page(rivera, f"/people/{NOBODY}", number)
    met(rivera, number, "zee oakes")
    bodies = Body.objects.using("audit").filter(case=number, officer="rivera").order_by("entry")
    assert bodies.count() - before == 5, (
        "two answers, a refusal, and of the person the attempt and the answer"
    )
    texts = " ".join(bodies.values_list("fields", flat=True))
    for said in (car.plate, str(car.registered_owner_id), NOBODY, "zee oakes", str(driver.id)):
        assert said in texts
    first = Body.objects.using("audit").filter(officer="rivera", fields__contains=PLACE).exists()
    assert first, "the start, with its place"


def test_the_refusal_page_takes_a_case_and_tries_again(car):
    rivera, reason = signed_in("rivera"), {"purpose": STOP, "case": "CZ-1999-NOSUCH"}
    refused = rivera.get(f"/people/{car.registered_owner_id}", reason).content.decode()
    assert 'list="cases"' in refused
    assert "Try again" in refused
    assert "Start a stop or call" in refused
    assert "CZ-1999-NOSUCH" not in re.search(r"<form class=.card.*?</form>", refused, re.DOTALL)[0]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', refused))
    assert fields["purpose"] == STOP
    again = rivera.get(
        f"/people/{car.registered_owner_id}", {**fields, "purpose": CRIME, "case": open_case()}
    )
    assert again.status_code == 200
    number = started(rivera, car.plate)
    assert number in rivera.get("/suggest", {"case": ""}).content.decode()
    assert number in rivera.get("/suggest", {"case": number[:8].lower()}).content.decode()
    assert rivera.get(f"/people/{car.registered_owner_id}", {**fields, "case": number}).status_code == 200
    searched = rivera.get(
        "/search", {"kind": "people", "q": 'gar"cia', "purpose": CRIME, "case": ""}
    ).content.decode()
    assert 'name="q" value="gar&quot;cia"' in searched
    assert (
        "Start a stop or call"
        not in signed_in("brandt").get(f"/people/{car.registered_owner_id}", reason).content.decode()
    )


def test_a_refusal_that_is_not_about_the_case_asks_for_none():
    order = cut_off("us.dhs.ice").order
    try:
        page_of = signed_in("ives").get(
            "/search", {"q": "garcia", "kind": "people", "purpose": CRIME, "case": "x"}
        )
        assert b"Try again" not in page_of.content
    finally:
        lift(order)
    incident = Incident.objects.first()
    assert b"Try again" not in signed_in("frost").get(f"/incidents/{incident.id}", {"purpose": CALL}).content
