"""What whoever gets no answer learns: the rule and a token. No number that counts, nothing of who or what exists."""

import re
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from openclear.access.models import Agency, LockedHandle, SignInFailure
from openclear.access.registry import commands
from openclear.audit import log, reading
from openclear.audit.models import Entry, UnansweredEntry
from openclear.cli.main import main
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import (
    ADMINISTRATION,
    CRIME,
    GROUND,
    ask,
    cut_off,
    entry_of,
    grant,
    lift,
    open_case,
    search,
    signed_in,
    token,
)
from tests.web.test_sign_in import PASSWORD, a_password, add_authenticator, code_of, enter

pytestmark = pytest.mark.anywhere

TOKEN = re.compile(r"[0-9a-f]{64}")
NOBODY = "00000000-0000-0000-0000-000000000000"


def acting(through, named="", method="get", path="people", **query):
    headers = {"authorization": f"Bearer {token(through)}"} | (
        {"openclear-acting-for": named} if named else {}
    )
    return getattr(Client(headers=headers), method)(f"/api/v1/{path}", query)


def told(response):
    """A page or problem without what differs from request to request: token, form secret, offered times."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{64}', "", response.content.decode())
    return response.status_code, text


@pytest.mark.usefixtures("cut_ice")
def test_nothing_that_ives_or_nobody_is_told_counts_the_entries_of_others():
    ives, reason = signed_in("ives"), {"purpose": CRIME, "case": open_case()}
    asked = [
        lambda: search("ives", "garcia"), lambda: ask("ives", "people", limit="x"), lambda: ask("ives", "nowhere"),
        lambda: ask("ives", f"people/{NOBODY}", **reason), lambda: acting("ives", method="post"),
        lambda: Client().get("/api/v1/people"), lambda: Client().get("/"), lambda: Client().get("/nowhere"),
        lambda: ives.get("/search", {"q": "garcia"} | reason), lambda: ives.get("/log"), lambda: ives.get("/nowhere"),
        lambda: ives.post("/search"), lambda: ives.get("/log/entries/3"), lambda: ives.get("/orders/proposals/1"),
        lambda: ives.get("/healthz"), lambda: ives.get("/account/"), lambda: Client().post("/sign-in", {"login": "x"}),
    ]  # fmt: skip
    for one in asked:
        before = log.state().size
        response = one()
        # A number of the answer that means something else, and the day of the order, may be those of an entry by chance.
        others = {str(response.status_code), *re.findall(r"\d+", GROUND)}
        named = {str(number) for number in range(before - 1, log.state().size + 1)} - others
        said = (
            f"{response.headers.get('OpenCLEAR-Receipt', '')} {response.headers} {response.content.decode()}"
        )
        assert not named & set(re.findall(r"(?<![\w-])\d+(?![\w-])", said)), response.request["PATH_INFO"]
        if "OpenCLEAR-Receipt" in response.headers:
            assert TOKEN.fullmatch(response.headers["OpenCLEAR-Receipt"])
        if response.headers["Content-Type"] == "application/problem+json":
            assert entry_of(response.json()["receipt"]) >= before


def test_okafor_finds_the_refusal_at_once_and_others_once_it_is_published(monkeypatch):
    refused = search("frost", "garcia", case="CZ-0000-000000")
    held = refused.json()["receipt"]["token"]
    assert refused.headers["OpenCLEAR-Receipt"] == held
    number = entry_of(refused.json()["receipt"])
    assert signed_in("okafor").get("/log", {"token": held}).headers["Location"] == f"/log/entries/{number}"
    hale = signed_in("hale")
    answer = hale.get("/log", {"token": held})
    assert (answer.status_code, b"No entry that you may see" in answer.content) == (200, True)
    assert told(answer)[1].count("No entry") == told(hale.get("/log", {"token": "0" * 64}))[1].count(
        "No entry"
    )
    monkeypatch.setattr(reading, "published_size", lambda: number + 1)
    assert hale.get("/log", {"token": held.upper()}).headers["Location"] == f"/log/entries/{number}"


def test_the_way_to_an_entry_hides_none_and_leads_to_no_other():
    held = search("frost", "garcia", case="CZ-0000-000000").json()["receipt"]
    way = UnansweredEntry.objects.using("audit").get(leaf=held["token"])
    try:
        UnansweredEntry.objects.using("audit").filter(leaf=way.leaf).update(entry=way.entry - 1)
        overseer = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
        assert reading.number_of_token(overseer, token=held["token"]) is None
        UnansweredEntry.objects.using("audit").filter(leaf=way.leaf).delete()
        assert entry_of(held) == way.entry
    finally:
        UnansweredEntry.objects.using("audit").update_or_create(leaf=way.leaf, defaults={"entry": way.entry})


def test_anyone_finds_the_refusal_in_an_export_with_nothing_but_python(tmp_path):
    held = search("frost", "garcia", case="CZ-0000-000000").json()["receipt"]
    assert main(["log", "export", str(tmp_path / "log")], lambda: None) == 0
    verifier = [sys.executable, "-I", str(tmp_path / "log" / "verify.py"), str(tmp_path / "log"), "--find"]
    found = subprocess.run([*verifier, held["token"]], capture_output=True, text=True, check=False)
    assert (found.returncode, f"entry {entry_of(held)}: " in found.stdout) == (0, True)
    assert "named-case-must-be-open" in found.stdout.splitlines()[0]
    assert subprocess.run([*verifier, "0" * 64], capture_output=True, check=False).returncode == 1


def test_an_answer_is_found_by_no_token():
    receipt = search("frost", "garcia").json()["receipt"]
    leaf = Entry.objects.using("audit").get(index=receipt["entry"]).leaf
    assert bytes(leaf).hex() == receipt["leaf"]
    assert (
        reading.number_of_token(grant("hale", Action.LOG_VIEW, Purpose.OWN_ACCOUNT), token=receipt["leaf"])
        is None
    )


MISTAKES = [
    {"path": "people", "limit": "x"}, {"path": "people"}, {"path": "people", "purpose": "curiosity"},
    {"path": "vehicles", "purpose": CRIME, "page": "forged"}, {"path": "people/17"}, {"path": f"people/{NOBODY}"},
    {"path": "nowhere"}, {"path": "people", "method": "post"}, {"path": "decisions/explain", "action": "x", "purpose": "y"},
    {"path": "vehicles", "plate_state": "Illinois"}, {"path": "cases", "limit": "-1"},
]  # fmt: skip


@pytest.mark.usefixtures("cut_ice")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_order_comes_before_every_mistake(mistake):
    by = {
        "ives": acting("ives", **mistake),
        "an integration for ives": acting("crossroads", "ives", **mistake),
    }
    by["ives, who names marsh"] = acting("ives", "marsh", **mistake)
    by["rivera for ICE"] = acting("rivera", on_behalf_of="us.dhs.ice", **mistake)
    if mistake.get("method") == "post":
        del by["rivera for ICE"]  # what is posted there is never read
    for who, answer in by.items():
        assert answer.status_code == 403, who
        rule = answer.json()["rule_ids"][0]
        # What nobody but an integration may send is refused before anything is understood.
        assert rule.startswith("cut-off:") or (rule, "names" in who) == (
            "integration-carries-its-human",
            True,
        ), who
        assert answer.json()["next_step"], who
    others = acting("crossroads", "lund", **mistake), acting("rivera", **mistake)
    assert {answer.status_code for answer in others} <= {400, 404, 405}


@pytest.mark.usefixtures("cut_ice")
def test_nobody_learns_of_a_persons_order_by_naming_them():
    for named in ("ives", "lund", "nobody-such"):
        assert acting("marsh", named, limit="x").status_code == 400, named


def test_a_limited_order_comes_before_the_mistakes_that_it_covers():
    receipt = cut_off("us.dhs.ice", scope=["vehicles"])
    try:
        assert ask("ives", "vehicles", limit="x").status_code == 403
        assert ask("ives", "people", limit="x").status_code == 400
        ives = signed_in("ives")
        reason = {"purpose": CRIME, "case": open_case()}
        assert (
            ives.get(
                "/search", {"kind": "vehicles", "q": "OC", "plate_state": "Illinois"} | reason
            ).status_code
            == 403
        )
        assert (
            ives.get("/search", {"kind": "people", "q": "garcia", "born_from": "x"} | reason).status_code
            == 400
        )
    finally:
        lift(receipt.order)


@pytest.mark.usefixtures("cut_ice")
def test_whoever_has_yet_to_enrol_is_told_of_the_order_first(monkeypatch):
    ives = signed_in("ives")
    monkeypatch.setattr("openclear.web.sessions.must_enrol", lambda _request: True)
    assert ives.get("/").status_code == 403
    assert signed_in("frost").get("/").headers["Location"] == "/account/"


@pytest.fixture(scope="module")
def without_agreement():
    registry = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    for path in ("us.post", "us.dhs.ice.depot"):
        if not Agency.objects.filter(path=path).exists():
            commands.register_agencies(registry, agencies=[commands.NewAgency(path, "New", "federal")])


@pytest.mark.usefixtures("without_agreement")
@pytest.mark.parametrize("cut", [False, True])
def test_nobody_learns_from_on_behalf_of_which_agencies_are_registered(cut):
    pairs = [("us.post", "us.nowhere")] + ([("us.dhs.ice.depot", "us.dhs.ice.nowhere")] if cut else [])
    receipt = cut_off("us.dhs.ice") if cut else None
    try:
        for (registered, made_up), who, case in product(
            pairs, ("rivera", "frost"), (open_case(), "", "CZ-0")
        ):
            answers = [
                told(search(who, "garcia", case=case, on_behalf_of=one)) for one in (registered, made_up)
            ]
            assert answers[0] == answers[1], (registered, who, case)
            assert answers[0][0] == 403
        for odd in ("us.dhs.ice.", "us..dhs", "US.DHS.ICE", "us.dhs.ice..x", '"', "us.dhs.ice\n", "."):
            assert "rules-disagree" not in search("rivera", "x", on_behalf_of=odd).json()["rule_ids"], odd
    finally:
        if receipt:
            lift(receipt.order)


def test_whoever_has_no_tie_gets_none_from_the_agency_that_they_name():
    from openclear.access.gate.decide import decide_for
    from openclear.access.gate.requesters import read_requester
    from openclear.access.gate.standing import read_standing
    from openclear.vocabulary.grants import Inquiry

    nobodys = replace(read_requester("frost"), affiliations=())
    asked = Inquiry(Action.VEHICLE_SEARCH, CRIME, on_behalf_of="us.doj.fbi")
    assert decide_for(nobodys, asked, read_standing()).verdict.rule_ids == ("no-affiliation",)


def test_registering_a_case_tells_nobody_which_handles_exist():
    frost, pages = signed_in("frost"), []
    for place, sponsor in enumerate(("brandt", "nobody-such", "soto", "crossroads")):
        number = f"SPONSOR-{place}"
        answer = frost.post("/cases/register", {"number": number, "offense": "0460", "sponsor": sponsor})
        assert answer.status_code == 303, sponsor
        page = frost.get(answer.headers["Location"])
        identity = answer.headers["Location"].rsplit("/", 1)[1]
        text = re.sub(r"/log/entries/\d+\">\d+", "", told(page)[1])
        pages.append(text.replace(sponsor, "S").replace(number, "N").replace(identity, "I"))
    assert len(set(pages)) == 1
    # Whom a partner named as sponsor elsewhere sees nothing of it.
    assert "SPONSOR-2" not in signed_in("soto").get("/cases").content.decode()
    assert "SPONSOR-0" in signed_in("brandt").get("/cases").content.decode()


@pytest.fixture
def hashes(monkeypatch):
    """How often a password was hashed."""
    counted, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *given, **more: (counted.append(1), encode(*given, **more))[1]
    )
    yield counted
    LockedHandle.objects.all().delete()
    SignInFailure.objects.all().delete()


def test_a_sign_in_that_fails_costs_and_says_the_same_whatever_the_handle_is(hashes):
    from openclear.vocabulary import clock

    accounts = get_user_model().objects
    with a_password("rivera"), a_password("lund"), a_password("marsh"):
        accounts.filter(handle="marsh").update(is_active=False)
        LockedHandle.objects.create(handle="lund", since=clock.now())
        LockedHandle.objects.create(handle="nobody-locked", since=clock.now())
        tried = [
            (handle, "wrong") for handle in ("rivera", "lund", "marsh", "hale", "nobody", "nobody-locked")
        ]
        told_of = {}
        try:
            for handle, password in [*tried, ("lund", PASSWORD), ("marsh", PASSWORD), ("hale", PASSWORD)]:
                hashes.clear()
                status, page = told(enter(handle, password)[1])
                told_of[handle, password] = (len(hashes), status, re.sub(r'value="[\w-]+"', "", page))
        finally:
            accounts.filter(handle="marsh").update(is_active=True)
    assert len(set(told_of.values())) == 1, {key: value[:2] for key, value in told_of.items()}
    assert next(iter(told_of.values()))[:2] == (1, 403)


@pytest.mark.usefixtures("hashes")
def test_a_locked_handle_learns_nothing_of_its_second_factor():
    from openclear.vocabulary import clock

    with a_password("rivera"):
        client, _ = enter("rivera")
        secret = add_authenticator(client)
        pages = []
        for code, locked in (("000000", False), ("000000", True), (code_of(secret, 1), True)):
            LockedHandle.objects.all().delete()
            client, _ = enter("rivera")
            if locked:
                LockedHandle.objects.create(handle="rivera", since=clock.now())
            page = client.post("/account/second-factor", {"code": code})
            pages.append(re.sub(r'value="\d*"|"challenge": "[^"]*"', "", told(page)[1]))
    assert pages[0] == pages[1] == pages[2]
    assert "This code is not valid" in pages[0]
