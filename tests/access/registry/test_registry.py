"""The tree changes and accounts live their lives; no order is ever weakened by either."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclear.access.errors import Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, Agency, Officer, OrderPlace
from openclear.access.registry import commands, lifecycle, moves, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.audit.proof.orders import OrderBook, followed
from openclear.audit.queries import verify
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from tests.cast import ADMINISTRATION, CRIME, ask, cut_off, grant, lift, open_case, search, token


def registry(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


NUMBERS = iter(range(1000))


@pytest.fixture
def branch():
    """An agency with two below it and an officer in one of them, at places that no other test uses."""
    number = next(NUMBERS)
    root, handle = f"us.doj.branch{number}", f"branch{number}"
    new = [NewAgency(path, path, "federal") for path in (root, f"{root}.north", f"{root}.south")]
    commands.register_agencies(registry(), agencies=new)
    account = NewOfficer(
        handle,
        "Ann Branch",
        "Agent",
        ("officer",),
        ((f"{root}.north", "employer"),),
        clock.today() + timedelta(days=30),
    )
    commands.register_officers(registry(), approval=registry("adler"), officers=[account])
    yield root, handle
    for order in read_standing().orders:
        lift(order.id)
    Officer.objects.filter(handle=handle).update(is_active=False)


def decided(handle):
    return search(handle, "garcia").json().get("rule_ids", ["allowed"])


def test_an_agency_that_moves_out_from_under_an_order_stays_under_it(branch):
    root, handle = branch
    assert decided(handle) == ["allowed"]
    receipt = cut_off(root)
    moves.move_agency(
        registry(), agency=f"{root}.north", to=f"us.dhs.free{root[-1]}x{handle}", approval=registry("adler")
    )
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    assert search("frost", "garcia").status_code == 200
    book = verify().book
    assert book.orders[receipt.order]["state"] == "in-force"
    assert book.phase(f"us.dhs.free{root[-1]}x{handle}") == "under"


def test_moving_in_under_an_order_cuts_off_at_once_and_lifting_gives_back(branch):
    root, handle = branch
    receipt = cut_off(f"{root}.south")
    assert decided(handle) == ["allowed"]
    for approval in (None, registry()):
        with pytest.raises(Refused, match="takes a second person"):
            moves.move_agency(registry(), agency=f"{root}.north", to=f"{root}.south.north", approval=approval)
    assert decided(handle) == ["allowed"]
    moves.move_agency(
        registry(), agency=f"{root}.north", to=f"{root}.south.north", approval=registry("adler")
    )
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    lift(receipt.order)
    assert decided(handle) == ["allowed"]


def test_a_renamed_root_takes_its_order_and_everything_below_along(branch):
    root, handle = branch
    receipt = cut_off(root)
    moves.move_agency(registry(), agency=root, to=f"{root}-new", approval=registry("adler"))
    assert Agency.objects.filter(path=f"{root}-new.north").exists()
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    commands.register_agencies(registry(), agencies=[NewAgency(f"{root}-new.late", "Late", "federal")])
    assert any(order.covers_agency(f"{root}-new.late") for order in read_standing().orders)
    with pytest.raises(NotPossible, match="never used twice"):
        commands.register_agencies(registry(), agencies=[NewAgency(root, "Again", "federal")])
    with pytest.raises(Refused, match="takes a second person"):
        moves.rename_agency(registry(), agency=f"{root}-new", name="Branch under another name")
    moves.rename_agency(
        registry(), agency=f"{root}-new", name="Branch under another name", approval=registry("adler")
    )
    assert decided(handle) == [f"cut-off:{receipt.order}"]


def test_a_merger_frees_nobody_and_cuts_nobody_off(branch):
    root, handle = branch
    receipt = cut_off(f"{root}.north")
    to = moves.merge_agency(registry(), agency=f"{root}.north", into="us.doj.fbi", approval=registry("adler"))
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    assert search("frost", "garcia").status_code == 200
    with pytest.raises(NotPossible, match="takes no new people"):
        ties.affiliate(registry(), handle="marsh", agency=to, kind="task-force", approval=registry("adler"))


def test_what_is_split_off_stays_under_the_order(branch):
    root, handle = branch
    receipt = cut_off(f"{root}.north")
    part = NewAgency(f"us.dhs.part-{handle}", "Part", "federal")
    moves.split_agency(
        registry(), agency=f"{root}.north", new=part, people=[handle], approval=registry("adler")
    )
    assert Affiliation.objects.get(officer__handle=handle, until=None).agency.path == part.path
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    assert verify().book.phase(part.path) == "under"


@pytest.mark.parametrize(
    ("agency", "to", "error"),
    [
        ("us.doj.fbi", "us.doj.fbi.inner", WrongUsage),
        ("us.doj.fbi", "us.doj.atf", NotPossible),
        ("us.doj.fbi", "us.nowhere.fbi", NotPossible),
        ("il.chicago", "us.chicago", NotPossible),
        ("us.doj.nothing", "us.dhs.nothing", NotPossible),
    ],
)
def test_moves_that_cannot_be_change_nothing(agency, to, error):
    before = read_standing(), set(Agency.objects.values_list("path", flat=True))
    with pytest.raises(error):
        moves.move_agency(registry(), agency=agency, to=to)
    assert (read_standing(), set(Agency.objects.values_list("path", flat=True))) == before


def test_a_crash_in_the_middle_of_a_move_leaves_the_order_where_it_was(branch, monkeypatch):
    from openclear.access.models import AgencyMove
    from openclear.access.orders.recovery import reconcile

    class PowerLossError(BaseException):
        pass

    def fail(**_):
        raise PowerLossError

    root, handle = branch
    receipt = cut_off(root)
    before = log.state().unconfirmed
    with monkeypatch.context() as broken:
        broken.setattr(AgencyMove.objects, "create", fail)
        with pytest.raises(PowerLossError):
            moves.move_agency(
                registry(), agency=f"{root}.north", to=f"us.dhs.lost-{handle}", approval=registry("adler")
            )
    assert Agency.objects.filter(path=f"{root}.north").exists()
    assert not OrderPlace.objects.filter(agency=f"us.dhs.lost-{handle}").exists()
    assert decided(handle) == [f"cut-off:{receipt.order}"]
    reconcile()  # if no act came before it
    assert log.state().unconfirmed == before
    assert decided(handle) == [f"cut-off:{receipt.order}"]


WORDS = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(WORDS, min_size=1, max_size=3).map(".".join)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(start=PATHS, agency=PATHS, steps=st.lists(st.tuples(PATHS, PATHS), max_size=6))
def test_whoever_was_under_an_order_is_under_it_after_any_moves(start, agency, steps):
    """A property of the one rule that database, log and verifier share: wherever an agency goes, the order goes too."""
    within = lambda path, place: path == place or path.startswith(place + ".")  # noqa: E731 - the definition itself
    places, here = {start}, agency
    under = within(agency, start)
    for old, new in steps:
        places = followed(places, old, new)
        if within(here, old):
            here = new + here[len(old) :]
        assert start in places
        if under:
            assert any(within(here, place) for place in places)


def test_database_and_log_hold_the_same_places(branch):
    root, _ = branch
    receipt = cut_off(root)
    moves.move_agency(
        registry(),
        agency=f"{root}.north",
        to=f"us.dhs.x-{root[-1]}-{receipt.epoch}",
        approval=registry("adler"),
    )
    order = next(row for row in read_standing().orders if row.id == receipt.order)
    book = verify().book
    assert isinstance(book, OrderBook)
    assert {order.agency, *order.places} == book._places[receipt.order]


def test_one_person_has_one_employer():
    with pytest.raises(NotPossible, match="has an employer already"):
        ties.affiliate(registry(), handle="marsh", agency="us.doj.fbi", kind="employer")
    nobody = NewOfficer("nobody1", "N", "", ("officer",), (("us.doj.fbi", "detail"),), clock.today())
    with pytest.raises(NotPossible, match="exactly one employer"):
        commands.register_officers(registry(), approval=registry("adler"), officers=[nobody])


def account(handle, **more):
    facts = {"certified_until": clock.today() + timedelta(days=100)} | more
    return NewOfficer(handle, "New Person", "", ("officer",), (("us.doj.fbi", "employer"),), **facts)


def test_an_account_needs_two_people_and_a_handle_that_nobody_ever_had():
    with pytest.raises(Refused, match="two different people"):
        commands.register_officers(registry(), approval=registry(), officers=[account("one4two")])
    with pytest.raises(NotPossible, match="never used twice"):
        commands.register_officers(registry(), approval=registry("adler"), officers=[account("frost")])
    assert not Officer.objects.filter(handle="one4two").exists()


@pytest.mark.parametrize(
    "terms",
    [
        {"certified_until": clock.today() + timedelta(days=400)},
        {"temporary_until": clock.now() + timedelta(hours=80)},
    ],
)
def test_terms_that_are_too_long_are_not_given(terms):
    with pytest.raises(NotPossible, match="AC-2"):
        commands.register_officers(
            registry(), approval=registry("adler"), officers=[account("toolong", **terms)]
        )


def test_a_temporary_account_ends_by_itself(monkeypatch):
    commands.register_officers(
        registry(), approval=registry("adler"),
        officers=[account("visitor", temporary_until=clock.now() + timedelta(hours=72))],
    )  # fmt: skip
    assert decided("visitor") == ["allowed"]
    later = clock.now() + timedelta(hours=72, minutes=1)
    from openclear.access.gate import decide

    with monkeypatch.context() as time:
        time.setattr(decide.clock, "now", lambda: later)
        with pytest.raises(Refused, match="temporary") as refused:
            grant("visitor", Action.DESK_OPEN)
    assert refused.value.verdict.rule_ids == ("temporary-account-over",)
    Officer.objects.filter(handle="visitor").update(is_active=False)


def test_an_account_that_is_not_used_for_90_days_is_disabled_and_two_people_bring_it_back():
    commands.register_officers(registry(), approval=registry("adler"), officers=[account("sleepy")])
    assert decided("sleepy") == ["allowed"]  # using the token is a use
    assert lifecycle.review_accounts() == []
    Officer.objects.filter(handle="sleepy").update(last_used=clock.today() - timedelta(days=91))
    assert lifecycle.review_accounts() == ["sleepy"]
    assert decided("sleepy") == ["account-disabled"]
    with pytest.raises(Refused, match="two different people"):
        lifecycle.reinstate(registry(), approval=registry(), handle="sleepy")
    lifecycle.reinstate(registry(), approval=registry("adler"), handle="sleepy")
    assert decided("sleepy") == ["allowed"]
    lifecycle.disable(registry(), handle="sleepy", reason="lost device", approval=registry("adler"))
    assert decided("sleepy") == ["account-disabled"]


def test_the_quiet_do_not_lock_the_city_out():
    Officer.objects.filter(handle__in=["novak", "adler", "okafor"]).update(
        last_used=clock.today() - timedelta(days=200)
    )
    try:
        assert not {"adler", "novak", "okafor"} & set(lifecycle.review_accounts())
        with pytest.raises(Refused, match="last two approvers"):
            lifecycle.disable(registry("adler"), handle="novak", reason="x", approval=registry())
    finally:
        Officer.objects.filter(handle__in=["novak", "adler", "okafor"]).update(last_used=clock.today())


def test_certification_ends_and_is_given_by_somebody_else():
    commands.register_officers(
        registry(), approval=registry("adler"), officers=[account("lapsing", certified_until=clock.today())]
    )
    assert decided("lapsing") == ["allowed"]
    Officer.objects.filter(handle="lapsing").update(certified_until=clock.today() - timedelta(days=1))
    lifecycle.certify(
        registry(), handles=["marsh"], until=clock.today() + timedelta(days=365)
    )  # the epoch rises
    assert decided("lapsing") == ["certification-lapsed"]
    with pytest.raises(NotPossible, match="own account"):
        lifecycle.certify(registry(), handles=["novak"], until=clock.today())
    lifecycle.certify(registry(), handles=["lapsing"], until=clock.today() + timedelta(days=365))
    assert decided("lapsing") == ["allowed"]
    Officer.objects.filter(handle="lapsing").update(is_active=False)


def acting(who, through="crossroads", **query):
    from django.test import Client

    headers = {"authorization": f"Bearer {token(through)}"} | ({"openclear-acting-for": who} if who else {})
    asked = {"q": "garcia", "purpose": CRIME, "case": open_case()} | query
    return Client(headers=headers).get("/api/v1/people", asked)


def test_an_integration_carries_its_human_or_is_refused():
    assert acting("").json().get("rule_ids") == ["integration-carries-its-human"]
    assert acting("lund").status_code == 200
    assert acting("crossroads").json().get("rule_ids") == ["integration-carries-its-human"]
    assert acting("importer").json().get("rule_ids") == ["integration-carries-its-human"]
    assert acting("nobody-such").json().get("rule_ids") == ["unknown-person"]
    assert acting("lund", through="frost").json().get("rule_ids") == ["integration-carries-its-human"]


def test_an_order_reaches_the_human_behind_an_integration_and_the_integration_before_a_human():
    receipt = cut_off("us.dhs.ice")
    try:
        assert acting("ives").json().get("rule_ids") == [f"cut-off:{receipt.order}"]
        assert acting("lund").status_code == 200
    finally:
        lift(receipt.order)
    receipt = cut_off("il.cook.sheriff")
    try:
        assert acting("frost").json().get("rule_ids") == [f"cut-off:{receipt.order}"]
        assert search("frost", "garcia").status_code == 200
    finally:
        lift(receipt.order)


def test_the_entry_names_the_human_and_the_integration():
    from openclear.audit.reading import own_entries
    from openclear.vocabulary.purposes import Purpose

    acting("lund", q="integrated")
    newest = own_entries(grant("lund", Action.LOG_VIEW_OWN, Purpose.OWN_ACCOUNT), limit=1)
    told = [(entry.header["action"], entry.body["officer"], entry.body["through"]) for entry in newest]
    assert told == [("person.search", "lund", "crossroads")]


def test_a_desk_makes_an_account_of_a_request():
    from tests.cast import signed_in

    form = {
        "handle": "fresh1",
        "name": "Fresh Person",
        "role": "officer",
        "agency": "us.doj.atf",
        "mail": "f@demo.example",
    }
    novak, adler = signed_in("novak"), signed_in("adler")
    proposal = novak.post("/officers/request", form).headers["Location"]
    assert "Fresh Person" in adler.get(proposal).content.decode()
    assert not Officer.objects.filter(handle="fresh1").exists()
    novak.post(f"{proposal}/approve")
    assert not Officer.objects.filter(handle="fresh1").exists()
    assert adler.post(f"{proposal}/approve").status_code == 303
    row = Officer.objects.get(handle="fresh1")
    assert (row.registered_by, row.approved_by) == ("novak", "adler")
    assert ask("fresh1", "cases").status_code == 200
    Officer.objects.filter(handle="fresh1").update(is_active=False)
