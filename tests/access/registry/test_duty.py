"""Patrol duty begins and ends at once, for officers of the department alone."""

import pytest

from openclear.access.errors import Refused
from openclear.access.gate.requesters import requester_at
from openclear.access.gate.standing import read_standing
from openclear.access.models import Officer
from openclear.access.registry import duty, ties
from openclear.cli.main import main
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, cut_off, grant, lift, signed_in

pytestmark = pytest.mark.anywhere


@pytest.fixture(autouse=True)
def _brandt_as_before():
    roles = Officer.objects.get(handle="brandt").roles
    yield
    Officer.objects.filter(handle="brandt").update(roles=roles)
    requester_at.cache_clear()


def registry(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


def start_is_shown(client):
    return b"Start stop" in client.get("/").content


def start(client):
    return client.post("/stops/start", {"kind": "stop", "place": ""}).status_code


def test_an_officer_goes_on_patrol_and_off_again_at_once():
    epoch, before = read_standing().epoch, signed_in("brandt")
    assert start(before) == 403
    duty.set_patrol(registry(), handle="brandt", on_patrol=True)
    assert read_standing().epoch > epoch
    assert start(before) == 400, "only the place is missing"
    assert start_is_shown(before), "without signing in again"
    assert duty.patrol()["brandt"]
    assert Officer.objects.get(handle="brandt").roles == ["officer", "detective", "patrol"]
    duty.set_patrol(registry(), handle="brandt", on_patrol=False)
    assert start(before) == 403
    assert Officer.objects.get(handle="brandt").roles == ["officer", "detective"]


@pytest.mark.parametrize(
    "who", ["marsh", "frost", "hale", "chen", "osei", "okafor", "adler", "importer", "nobody"]
)
def test_nobody_but_an_officer_of_the_department_goes_on_patrol(who):
    with pytest.raises(NotPossible):
        duty.set_patrol(registry(), handle=who, on_patrol=True)
    assert who not in duty.patrol()


def test_who_is_tied_to_an_agency_under_an_order_goes_on_patrol_by_two():
    ties.affiliate(registry(), handle="brandt", agency="us.doj.atf", kind="task-force")
    order = cut_off("us.doj.atf").order
    try:
        with pytest.raises(Refused, match="second person"):
            duty.set_patrol(registry(), handle="brandt", on_patrol=True)
        duty.set_patrol(registry(), handle="brandt", on_patrol=True, approval=registry("adler"))
        duty.set_patrol(registry(), handle="brandt", on_patrol=False)
    finally:
        lift(order)
        ties.end_affiliation(registry(), handle="brandt", agency="us.doj.atf")


def test_at_the_desk_and_on_the_command_line(capsys):
    novak = signed_in("novak")
    assert "Put on patrol" in novak.get("/officers", {"q": "brandt"}).content.decode()
    assert novak.post("/officers/patrol", {"handle": "brandt", "on": "1"}).status_code == 303
    assert "Take off patrol" in novak.get("/officers", {"q": "brandt"}).content.decode()
    assert (
        "patrol"
        not in novak.get("/officers", {"q": "marsh"}).content.decode().partition("Request an account")[0]
    )
    assert main(["account", "off-patrol", "brandt", "--by", "novak"], lambda: None) == 0
    assert not duty.patrol()["brandt"]
    assert main(["account", "on-patrol", "brandt", "--by", "novak"], lambda: None) == 0
    assert duty.patrol()["brandt"]
    assert main(["account", "on-patrol", "marsh", "--by", "novak"], lambda: None) == 1
    assert "not an officer of il.chicago.pd" in capsys.readouterr().err
