"""Oversight's list of a day: every stop with its look-ups and what came of it, and a rate for each officer."""

import json
from datetime import timedelta

import pytest

from openclear.cli.main import main
from openclear.records.stops.models import Stop
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary import clock
from openclear.vocabulary.city import city
from openclear.vocabulary.purposes import Purpose
from tests.cast import signed_in

pytestmark = pytest.mark.anywhere


@pytest.fixture(autouse=True)
def _no_stop_left():
    Stop.objects.all().delete()
    yield
    Stop.objects.all().delete()


def listed(capsys, *words):
    capsys.readouterr()
    assert main(["stops", *words, "--json"], lambda: None) == 0
    return json.loads(capsys.readouterr().out)


def test_stops_with_their_look_ups_and_the_rate_of_each_officer(capsys):
    rivera, car = (
        signed_in("rivera"),
        Vehicle.objects.filter(labels=0, registered_owner__labels=0).order_by("plate").first(),
    )
    other = Vehicle.objects.filter(labels=0).exclude(plate=car.plate).order_by("plate").first()
    rivera.post("/stops/start", {"kind": "stop", "place": "1500 N MILWAUKEE AVE", "plate": car.plate})
    number = Stop.objects.get().number
    reason = {"purpose": Purpose.TRAFFIC_STOP, "case": number}
    for asked in ({"q": car.plate}, {"q": other.plate}):
        rivera.get("/search", {"kind": "vehicles"} | asked | reason)
    # However it is typed, a look-up is under the one number of the stop.
    assert (
        rivera.get(f"/people/{car.registered_owner_id}", reason | {"case": f" {number.lower()} "}).status_code
        == 200
    )
    rivera.post("/stops/people", {"number": number, "name": "Nobody Atall", "born": "1990-01-02"})
    rivera.post("/stops/end", {"number": number, "outcome": "Citation"})
    rivera.post("/stops/start", {"kind": "call", "place": "W NORTH AVE", "plate": ""})
    Stop.objects.filter(kind="call").update(until=clock.now())
    answer = listed(capsys)
    assert answer["on"] == str(clock.now().astimezone(city().zone).date())
    first, second = answer["stops"]
    assert (first["number"], first["place"], first["outcome"]) == (number, "1500 N MILWAUKEE AVE", "Citation")
    assert [(one["action"], one["decision"]) for one in first["lookups"]] == [
        ("vehicle.search", "allow"), ("vehicle.search", "deny"), ("person.view", "allow"),
        ("stop.identify", "allow"), ("stop.identify", "allow"),
    ]  # fmt: skip
    assert (second["kind"], second["outcome"], bool(second["ended"])) == ("call", "", True)
    [rate] = answer["officers"]
    assert rate == {
        "officer": "rivera", "stops": 2, "lookups": 5, "a_stop": 2.5, "people": 1, "silent": 1, "usual": 0.0,
    }  # fmt: skip
    page = signed_in("okafor").get("/oversight/stops").content.decode()
    for words in (
        number,
        "Citation",
        "1500 N MILWAUKEE AVE",
        car.plate,
        other.plate,
        "Nobody Atall",
        "Nothing said",
    ):
        assert words in page, words
    assert main(["stops"], lambda: None) == 0
    told = capsys.readouterr().out
    assert (
        "rivera             2 stops (usually 0.0 a day), 5 look-ups (2.5 each), 1 people by name, 1 without a line"
        in told
    )
    assert "1500 N MILWAUKEE AVE: Citation" in told


def test_what_is_usual_is_the_mean_of_four_weeks_and_a_day_is_the_citys(capsys):
    now = clock.now().astimezone(city().zone).replace(hour=12)
    for place, days in enumerate((1, 1, 2, 5, 27, 28, 28, 29, 40)):
        opened = now - timedelta(days=days)
        Stop.objects.create(
            number=f"STOP-TEST-{place}", kind="stop", officer="rivera", place="x", opened=opened, until=opened, ended=opened,
        )  # fmt: skip
    late = now.replace(hour=23, minute=59, second=0, microsecond=0)
    Stop.objects.create(
        number="STOP-LATE", kind="stop", officer="rivera", place="x", opened=late, until=late, ended=late,
    )  # fmt: skip
    answer = listed(capsys)
    assert [one["number"] for one in answer["stops"]] == ["STOP-LATE"], "11 at night is still that day"
    assert answer["officers"][0]["usual"] == round(7 / 28, 1)
    yesterday = str((late - timedelta(days=1)).date())
    assert len(listed(capsys, "--on", yesterday)["stops"]) == 2


@pytest.mark.parametrize("who", ["rivera", "whitfield", "novak", "adler", "frost", "chen"])
def test_oversight_alone_reads_it(who):
    assert signed_in(who).get("/oversight/stops").status_code == 403


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2999-01-01"])
def test_a_day_that_is_none_is_told(day, capsys):
    assert signed_in("okafor").get("/oversight/stops", {"on": day}).status_code == 400
    assert main(["stops", "--on", day], lambda: None) == 2
    assert "day" in capsys.readouterr().err
