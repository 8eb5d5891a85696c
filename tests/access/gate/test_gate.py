"""Stories at the gate: who gets in, who does not, and that nothing leaves without its entry."""

import json

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from openclear.access import barrier, gate
from openclear.access.errors import NotAnswered, Refused
from openclear.access.gate.nobody import Doorkeeper
from openclear.access.models import Affiliation, Agency, Epoch, Officer
from openclear.access.registry import commands, ties
from openclear.audit import log
from openclear.audit.errors import LogUnavailable
from openclear.audit.models import Body, Entry
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import WrongKey
from openclear.vocabulary.purposes import Purpose
from tests.cast import (
    ADMINISTRATION,
    CRIME,
    cut_off,
    entry_of,
    grant,
    lift,
    open_case,
    search,
    signed_in,
    token,
)


def entry(index):
    header = json.loads(bytes(Entry.objects.using("audit").get(index=index).header))
    body = json.loads(Body.objects.using("audit").get(entry=index).fields)
    return header, {name: field.get("value") for name, field in body.items()}


def newest():
    return log.state().size - 1


def test_rivera_finds_and_the_log_says_who_looked_for_what():
    response = search("rivera", "garcia jose")
    header, body = entry(response.json()["receipt"]["entry"])
    assert (header["kind"], header["decision"], header["purpose"]) == ("answer", "allow", CRIME)
    assert header["agencies"] == ["il.chicago.pd"]
    assert body["officer"] == "rivera"
    assert body["query"] == "garcia jose"
    assert body["case"] == open_case()
    assert body["shown"] == [row["id"] for row in response.json()["results"]]
    tie = Affiliation.objects.get(officer__handle="rivera", until=None).entry
    assert tie in body["ties"]


def test_ives_and_kerr_are_out_everywhere_and_frost_notices_nothing():
    before = search("frost", "garcia").json()
    pages = {who: signed_in(who) for who in ("ives", "kerr", "frost")}
    assert search("ives", "garcia").status_code == 200
    cut_off("us.dhs.ice")
    try:
        for who in ("ives", "kerr"):
            refused = search(who, "garcia")
            problem = refused.json()
            assert refused.status_code == 403
            assert problem["rule_ids"][0].startswith("cut-off:")
            assert problem["source"] == "Mayor's order of 10 July 2019"
            assert problem["next_step"]
            assert pages[who].get("/").status_code == 403
            header, _ = entry(entry_of(problem["receipt"]))
            assert (header["decision"], "us.dhs.ice" in str(header["agencies"])) == ("deny", True)
        after = search("frost", "garcia").json()
        assert (after["results"], after["count"]) == (before["results"], before["count"])
        assert pages["frost"].get("/").status_code == 200
    finally:
        lift("us.dhs.ice")
    assert search("ives", "garcia").status_code == 200


@pytest.mark.usefixtures("cut_ice")
def test_a_refusal_is_the_same_whether_somebody_is_there_or_not():
    found, absent = search("ives", "garcia").json(), search("ives", "nobody-at-all").json()
    assert found.pop("receipt") != absent.pop("receipt")
    assert found == absent


@pytest.mark.usefixtures("cut_ice")
def test_a_person_detailed_from_ice_today_is_out_today():
    assert search("marsh", "garcia").status_code == 200
    registry, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    tied = {"handle": "marsh", "agency": "us.dhs.ice.hsi", "kind": "task-force"}
    with pytest.raises(Refused, match="takes a second person"):
        ties.affiliate(registry, **tied)
    assert search("marsh", "garcia").status_code == 200
    ties.affiliate(registry, **tied, approval=second)
    try:
        assert search("marsh", "garcia").status_code == 403
    finally:
        registry, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
        with pytest.raises(Refused, match="takes a second person"):
            ties.end_affiliation(registry, handle="marsh", agency="us.dhs.ice.hsi")
        assert search("marsh", "garcia").status_code == 403
        ties.end_affiliation(registry, handle="marsh", agency="us.dhs.ice.hsi", approval=second)
    assert search("marsh", "garcia").status_code == 200


@pytest.mark.usefixtures("cut_ice")
def test_a_branch_of_ice_that_is_founded_later_is_out_from_its_first_moment():
    path_of_branch = "us.dhs.ice.annex"
    registry = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    if not Agency.objects.filter(path=path_of_branch).exists():
        commands.register_agencies(
            registry, agencies=[commands.NewAgency(path_of_branch, "Annex", "federal")]
        )
    with pytest.raises(Refused) as refused:
        gate.open_for("frost", Action.DESK_OPEN, purpose=CRIME, on_behalf_of=path_of_branch)
    assert refused.value.verdict.rule_ids[0].startswith("cut-off:")


@pytest.mark.usefixtures("cut_ice")
def test_asking_on_behalf_of_ice_is_asking_as_ice():
    assert search("rivera", "garcia", on_behalf_of="us.dhs.ice").status_code == 403


def test_a_made_up_agency_is_refused_and_never_enters_the_public_header():
    refused = search("rivera", "garcia", on_behalf_of="us.john-smith-of-state-street").json()
    assert refused["rule_ids"] == ["no-agreement-no-access"]
    header, body = entry(entry_of(refused["receipt"]))
    assert "smith" not in json.dumps(header)
    assert body["on_behalf_of"] == "us.john-smith-of-state-street"


def test_a_missing_link_of_the_chain_refuses():
    with Hidden(Agency.objects.get(path="us.doj"), "us.gone"):
        assert search("frost", "garcia").json()["rule_ids"] == ["incomplete-chain"]
    assert search("frost", "garcia").status_code == 200


class Hidden:
    """A row of the registry changed behind everyone's back, with the epoch risen as for any change."""

    def __init__(self, agency, changed_path):
        self.agency, self.original, self.changed = agency, agency.path, changed_path

    def __enter__(self):
        self._set(self.changed)

    def __exit__(self, *_):
        self._set(self.original)

    def _set(self, value):
        self.agency.path = value
        self.agency.save()
        row = Epoch.objects.get()
        row.value += 1
        row.save()


def test_an_unreadable_epoch_refuses_everyone():
    row = Epoch.objects.get()
    row.delete()
    try:
        with pytest.raises(Exception, match="not set up"):
            grant("rivera", Action.DESK_OPEN)
    finally:
        row.save(force_insert=True)


def test_a_key_opens_one_lock():
    key = grant("rivera", Action.DESK_OPEN)
    from openclear.records.people.kind import PEOPLE
    from openclear.search.find import find

    with pytest.raises(WrongKey):
        find(key, kind=PEOPLE, text="garcia")
    with pytest.raises(WrongKey):
        key.over(Dataset.LOG)


def test_the_order_that_comes_between_decision_and_release_wins():
    key = gate.open_for("ives", Action.PERSON_SEARCH, purpose=CRIME, case=open_case())
    cut_off("us.dhs.ice")
    try:
        with pytest.raises(Refused):
            key.release(HttpResponse("a name"))
        assert entry(newest())[0]["decision"] == "deny"
    finally:
        lift("us.dhs.ice")


def test_an_epoch_that_moved_for_others_changes_nothing_for_frost():
    key = gate.open_for("frost", Action.PERSON_SEARCH, purpose=CRIME, case=open_case())
    cut_off("us.dhs.ice")
    try:
        response = key.release(HttpResponse("a name"))
        assert response.release_stamp
        response.close()
    finally:
        lift("us.dhs.ice")


def test_an_order_in_the_log_alone_already_wins():
    """The moment between the order's entry and its commit: the database knows nothing yet."""
    from openclear.access.policy.facts import OrderRow
    from openclear.audit.rows import NewEntry

    key = gate.open_for("ives", Action.PERSON_SEARCH, purpose=CRIME, case=open_case())
    order = OrderRow("9999-1", "us.dhs.ice", "in-force", "all", "all", "x", 0)
    said = [log.append(NewEntry("order", "none", extra={"order": order.header()}, details={"ground": "x"}))]
    try:
        with pytest.raises(Refused) as refused:
            key.release(HttpResponse("a name"))
        assert refused.value.verdict.rule_ids == ("cut-off:9999-1",)
        gate.open_for("frost", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x")).close()
    finally:
        lifted = OrderRow("9999-1", "us.dhs.ice", "lifted", "all", "all", "x", 0)
        said.append(
            log.append(NewEntry("order", "none", extra={"order": lifted.header()}, details={"ground": "x"}))
        )
        for receipt in said:  # nothing is left that waits for its commit
            log.append(NewEntry("outcome", "error", attempt=receipt.entry, details={"note": "a story"}))


@pytest.mark.parametrize("url", ["/api/v1/people", "/api/v1/incidents", "/"])
def test_no_log_no_answer(url, monkeypatch):
    client = signed_in("rivera")
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token('rivera')}"
    case = open_case()

    def fail(*_):
        raise LogUnavailable("the disk is full")

    monkeypatch.setattr(log, "append_all", fail)
    response = client.get(url, {"q": "garcia", "purpose": CRIME, "case": case})
    assert response.status_code == 503
    assert b"garcia" not in response.content.lower()


def test_an_answer_holds_its_agencies_until_it_is_handed_over(monkeypatch):
    monkeypatch.setattr(barrier.hold, "ORDER_SECONDS", 0.2)
    response = gate.open_for("ives", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x"))
    with pytest.raises(NotAnswered):
        barrier.exclusive("us.dhs.ice")
    with pytest.raises(NotAnswered):
        barrier.exclusive("us.dhs")
    hold, met = barrier.exclusive("us.doj")
    hold.release()
    assert met.met == 0
    response.close()
    hold, _ = barrier.exclusive("us.dhs.ice")
    hold.release()


def test_while_an_order_holds_its_agency_others_do_not_wait(monkeypatch):
    monkeypatch.setattr(barrier.hold, "READER_MILLISECONDS", 200)
    hold, _ = barrier.exclusive("us.dhs.ice")
    try:
        gate.open_for("tran", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x")).close()
        with pytest.raises(NotAnswered):
            gate.open_for("kerr", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x"))
    finally:
        hold.release()


def test_one_answer_is_one_bounded_body():
    key = grant("rivera", Action.DESK_OPEN)
    with pytest.raises(NotAnswered, match="1 MB"):
        key.release(HttpResponse(b"x" * (gate.LARGEST_ANSWER + 1)))


def leak(_request):
    return HttpResponse("a name")


def stream(_request):
    return StreamingHttpResponse(["a ", "name"])


def fail(_request):
    raise RuntimeError("a name")


@pytest.mark.parametrize("view", [leak, stream, fail])
@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_forgets_the_gate_gives_nothing_away(view, caplog, monkeypatch):
    # Nobody's mistakes of one second share an entry: each of these begins a second of its own.
    monkeypatch.setattr(gate.door, "doorkeeper", Doorkeeper())
    urlpatterns[:] = [path("leak", view, name="leak")]
    client = Client(raise_request_exception=False)
    response = client.get("/leak")
    assert response.status_code == 500
    assert b"a name" not in response.content
    assert "a name" not in caplog.text
    assert entry(newest())[0]["kind"] == "error"


urlpatterns = []


def test_an_unknown_page_is_not_there():
    response = Client().get("/no/such/page?name=garcia")
    assert response.status_code == 404
    assert b"garcia" not in response.content


def test_nobody_in_particular_is_turned_away_and_the_log_knows():
    response = Client().get("/api/v1/people?q=garcia&purpose=x")
    assert response.status_code == 401
    header, _ = entry(entry_of(response.json()["receipt"]))
    assert (header["decision"], header["agencies"], header["rules"]) == ("deny", [], ["not-signed-in"])
    assert Client().get("/").status_code == 302


def test_a_disabled_account_is_refused_with_its_reason():
    registry = Officer.objects.get(handle="quill")
    registry.is_active = False
    registry.save()
    Epoch.objects.update(value=Epoch.objects.get().value + 1)
    try:
        assert search("quill", "garcia").json()["rule_ids"] == ["account-disabled"]
    finally:
        registry.is_active = True
        registry.save()
        Epoch.objects.update(value=Epoch.objects.get().value + 1)


def test_machine_accounts_have_one_purpose():
    with pytest.raises(Refused):
        grant("importer", Action.RECORDS_IMPORT, Purpose.CRIMINAL_INVESTIGATION)
    with pytest.raises(Refused):
        grant("importer", Action.DESK_OPEN)


def test_settings_keep_what_the_gate_rests_on():
    assert settings.MIDDLEWARE[-1] == "openclear.access.gate.middleware.ReleaseStampMiddleware"
    assert not settings.DEBUG
    assert (
        "ATOMIC_REQUESTS" not in settings.DATABASES["default"]
        or not settings.DATABASES["default"]["ATOMIC_REQUESTS"]
    )
