"""What somebody who did not write the gate found, and what keeps it shut."""

from datetime import timedelta
from uuid import UUID

import pytest

from openclear.access import gate, orders
from openclear.access.approvals import engine
from openclear.access.errors import Refused
from openclear.access.models import Officer, OrderProof, OrderState
from openclear.access.orders import change, notices, receipts
from openclear.access.orders.recovery import reconcile
from openclear.access.registry import commands, lifecycle, moves
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.access.registry.proposed import account_draft
from openclear.delivery import exports, jobs, links
from openclear.delivery.errors import Gone
from openclear.delivery.files import ids_of, path_of
from openclear.delivery.models import Export, Link
from openclear.records.cases.models import Case
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.access.registry.test_registry import acting, registry
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


class PowerLossError(BaseException):
    pass


def crash(*_, **__):
    raise PowerLossError


def test_a_partners_integration_sees_no_more_of_the_department_for_naming_one_of_its_officers():
    from django.test import Client

    incident = Incident.objects.filter(labels=0).exclude(narrative="").first()
    reason = {"purpose": CRIME, "case": open_case()}
    assert ask("brandt", f"incidents/{incident.id}", **reason).json()["result"]["narrative"]
    headers = {"authorization": f"Bearer {token('crossroads')}", "openclear-acting-for": "brandt"}
    answer = Client(headers=headers).get(f"/api/v1/incidents/{incident.id}", reason)
    assert answer.json().get("result", {}).get("narrative") is None


def test_nobody_but_an_integration_writes_another_agency_into_the_log_or_learns_who_exists():
    from openclear.audit.models import Entry

    for named in ("kerr", "nobody-such", "marsh"):
        answer = acting(named, through="marsh")
        assert answer.json()["rule_ids"] == ["integration-carries-its-human"], named
        header = bytes(Entry.objects.using("audit").get(index=entry_of(answer.json()["receipt"])).header)
        assert b"us.dhs" not in header


def test_after_a_crash_nobody_confirms_or_lifts_their_own_provisional_order(monkeypatch):
    order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            orders.cut_off_provisionally(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=order)
    assert any("completed" in sentence for sentence in reconcile())
    state = OrderState.objects.latest("sequence")
    try:
        assert (state.ordered_by, state.legal_basis, state.state) == ("novak", GROUND, "provisional")
        with pytest.raises(Refused, match="two different people"):
            orders.confirm(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), name=state.order)
        with pytest.raises(Refused, match="two different people"):
            orders.lift(
                grant("novak", Action.ORDER_LIFT, ADMINISTRATION),
                approval=None,
                name=state.order,
                legal_basis="x",
            )
    finally:
        lift(state.order)


def kept_by_ives():
    key = grant("ives", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    jobs.make_export(row.id)
    record = Incident.objects.filter(labels=0).first().id
    return row, links.give_link(grant("ives", Action.INCIDENT_VIEW), kind="incidents", record=record)


def broken_off(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(receipts, "prove", crash)
        with pytest.raises(PowerLossError):
            cut_off("us.dhs.ice")
    return OrderState.objects.latest("sequence").order


def test_what_a_crash_kept_an_order_from_is_finished_at_the_start(monkeypatch):
    row, _ = kept_by_ives()
    order = broken_off(monkeypatch)
    try:
        assert Export.objects.get(pk=row.id).state == "ready"
        assert [sentence for sentence in change.finish_unproved() if order in sentence]
        assert Export.objects.get(pk=row.id).state == "ended"
        assert OrderProof.objects.filter(order=order).count() == 1
        assert change.finish_unproved() == []
    finally:
        lift(order)


def test_nothing_that_an_order_was_to_end_lives_again_with_its_lifting(monkeypatch):
    row, link = kept_by_ives()
    lift(broken_off(monkeypatch))
    assert (Export.objects.get(pk=row.id).state, Link.objects.get(pk=link.id).state) == ("ended", "ended")
    with pytest.raises(Gone):
        exports.open_part(grant("ives", Action.EXPORT_KEEP), export=row.id, start=0, stop=9, address="")


def test_lifting_an_order_that_a_court_suspended_takes_nothing_from_anybody():
    first, second = (grant(who, Action.ORDER_LIFT, ADMINISTRATION) for who in ("novak", "adler"))
    receipt = cut_off("us.dhs.ice")
    orders.suspend(first, approval=second, name=receipt.order, document="19-cv-1", legal_basis="stay")
    row, _ = kept_by_ives()
    lift(receipt.order)
    assert Export.objects.get(pk=row.id).state == "ready"


@pytest.mark.parametrize("lapsed", ["okafor", "adler"])
def test_a_lapsed_certification_stops_no_order(lapsed):
    before = Officer.objects.get(handle=lapsed).certified_until
    token("ives")  # made by two keepers, while both are certified
    other = NewOfficer(
        f"second-{lapsed}", "Second Keeper", "", ("approver",), (("il.chicago.pd", "employer"),),
        clock.today() + timedelta(days=9),
    )  # fmt: skip
    commands.register_officers(registry(), approval=registry("adler"), officers=[other])
    Officer.objects.filter(handle=lapsed).update(certified_until=clock.today() - timedelta(days=1))
    lifecycle.certify(
        registry(), handles=["marsh"], until=clock.today() + timedelta(days=365)
    )  # the epoch rises
    try:
        receipt = cut_off("us.dhs.ice", approved_by=other.handle)
        assert search("ives", "garcia").status_code == 403
        lift(receipt.order, approved_by=other.handle)
    finally:
        Officer.objects.filter(handle=lapsed).update(certified_until=before)
        lifecycle.disable(
            registry(),
            handle=other.handle,
            reason="end of the test",
            approval=registry(other.handle if lapsed == "adler" else "adler"),
        )


def test_a_notice_reaches_nobody_whom_the_order_would_reach():
    text = "Tied to two agencies."
    order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
    notices.announce(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=order, text=text)
    assert text in signed_in("frost").get("/").content.decode()
    for who in ("kerr", "ives"):
        assert text not in signed_in(who).get("/").content.decode()


def new_overseer(handle):
    return NewOfficer(
        handle, "Second Overseer", "", ("inspector-general",), (("il.chicago.oig", "employer"),),
        clock.today() + timedelta(days=9),
    )  # fmt: skip


def test_keepers_neither_make_nor_end_accounts_of_oversight():
    with pytest.raises(Refused, match="oversight alone"):
        commands.register_officers(registry(), approval=registry("adler"), officers=[new_overseer("planted")])
    with pytest.raises(Refused, match="oversight alone"):
        lifecycle.disable(registry(), handle="okafor", reason="inconvenient", approval=registry("adler"))
    number = engine.propose(registry(), draft=account_draft(new_overseer("deputy")))
    with pytest.raises(Refused, match="oversight alone"):
        engine.approve(registry("adler"), number=number)
    oversight = grant("okafor", Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW)
    engine.approve(oversight, number=number)
    assert Officer.objects.get(handle="deputy").approved_by == "okafor"
    lifecycle.disable(oversight, handle="deputy", reason="end of the test", approval=registry("adler"))
    with pytest.raises(Refused, match="oversight alone"):
        lifecycle.disable(oversight, handle="frost", reason="not an overseer", approval=registry("adler"))


def test_cases_and_sharings_go_with_an_agency_that_moves():
    new = NewAgency("us.doj.mover", "Mover", "federal")
    commands.register_agencies(registry(), agencies=[new])
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.mover",
    }
    case = Case.objects.create(source_id="mover", number="MV-1", **facts)
    moves.move_agency(registry(), agency="us.doj.mover", to="us.doj.moved")
    assert Case.objects.get(pk=case.pk).owner_agency == "us.doj.moved"
    case.delete()


def test_the_agency_that_an_answer_is_for_lends_nobody_its_cases():
    from openclear.records.cases.queries import open_cases

    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-06-29",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="lent", number="FB-LENT", **facts)
    key = gate.open_for("rivera", Action.VEHICLE_SEARCH, purpose=CRIME, on_behalf_of="us.doj.fbi")
    assert "FB-LENT" not in {row.number for row in open_cases(key, text="FB-LENT")}
    assert "FB-LENT" in {row.number for row in open_cases(grant("frost", Action.CASE_LIST), text="FB-LENT")}
    case.delete()


@pytest.mark.parametrize("format_name", ["csv", "parquet", "pdf"])
def test_a_record_that_is_expunged_leaves_in_no_file_any_more(format_name):
    from openclear.records.people.models import Person
    from openclear.vocabulary.labels import Label

    key = grant("frost", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name=format_name)
    jobs.make_export(row.id)
    keeping = grant("frost", Action.EXPORT_KEEP)
    size = Export.objects.get(pk=row.id).size
    assert exports.open_part(keeping, export=row.id, start=0, stop=size, address="")
    person = Person.objects.get(pk=ids_of(row.id, 0, size)[3])
    Person.objects.filter(pk=person.pk).update(labels=Label.EXPUNGED.value)
    try:
        with pytest.raises(Gone, match="has ended; request it again"):
            exports.open_part(keeping, export=row.id, start=0, stop=size, address="")
        assert not path_of(row.id).exists()
    finally:
        Person.objects.filter(pk=person.pk).update(labels=person.labels)


def test_a_range_is_held_against_the_rows_that_it_holds_parts_of():
    key = grant("frost", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    jobs.make_export(row.id)
    data = path_of(row.id).read_bytes()
    lines = data.splitlines(keepends=True)
    every = ids_of(row.id, 0, len(data))
    assert [str(UUID(one)) for one in every] == [line.split(b",")[0].decode() for line in lines[1:]]
    begins = [sum(map(len, lines[:number])) for number in range(len(lines))]
    for first in range(1, len(lines)):
        inside = begins[first] + 5
        assert ids_of(row.id, inside, inside + 1) == [every[first - 1]]
        assert ids_of(row.id, begins[first], begins[first] + len(lines[first])) == [every[first - 1]]
    assert ids_of(row.id, 0, begins[1]) == []


def test_oversight_finds_what_left_in_a_file(capsys):
    import json

    from openclear.cli.main import main
    from tests.web.test_ways_out import exported

    client = signed_in("quill")
    row = exported(client, "quill")
    record = ids_of(row.id, 0, row.size)[0]
    fetched = client.get(f"/saved/exports/{row.id}/parts/1").headers["OpenCLEAR-Receipt"].split()[0]
    asked = ["could-see", "--agency", "us.doj.atf", "--record", str(record), "--json"]
    capsys.readouterr()
    assert main(asked, lambda: None) == 0
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]
    exports.end_export(grant("quill", Action.EXPORT_KEEP), export=row.id)
    assert main(asked, lambda: None) == 0  # the file is gone, what was shown is not
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]


def test_an_alert_on_a_case_that_is_closed_ends_and_writes_no_refusal_every_minute():
    from openclear.audit import log
    from openclear.delivery import alerts
    from openclear.delivery.models import Alert

    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="closing", number="FB-CLOSING", **facts)
    key = grant("frost", Action.PERSON_SEARCH, case="FB-CLOSING")
    watch = alerts.keep_alert(key, kind="people", text="nobody qwerty", channel="page")
    Case.objects.filter(pk=case.pk).update(closed="2026-06-01")
    alerts.run_alerts()
    assert Alert.objects.get(pk=watch.id).state == "ended"
    size = log.state().size
    alerts.run_alerts()
    assert log.state().size == size
    case.delete()


def test_a_case_that_is_closed_while_an_export_is_made_ends_it(monkeypatch):
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="closing2", number="FB-CLOSING2", **facts)
    key = grant("frost", Action.PERSON_SEARCH, case="FB-CLOSING2")
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    real = jobs.every_row

    def every_row(asked, **named):
        for rows in real(asked, **named):
            Case.objects.filter(pk=case.pk).update(closed="2026-06-01")
            yield rows

    monkeypatch.setattr(jobs, "every_row", every_row)
    jobs.make_export(row.id)
    assert Export.objects.get(pk=row.id).state == "failed"
    assert not path_of(row.id).exists()
    case.delete()


def test_the_reason_for_hiding_is_the_order_where_it_is_the_order():
    from openclear.access.explanations import Question, explain
    from openclear.vocabulary.purposes import Purpose

    receipt = cut_off("us.dhs.ice", scope=["vehicles"])
    try:
        key = grant("okafor", Action.DECISION_EXPLAIN_OTHERS, Purpose.OVERSIGHT_REVIEW)
        told = explain(key, question=Question("ives", "person.search", CRIME, open_case()))
        hidden = {(item.dataset, item.what): item.rules for item in told.hidden}
        assert f"cut-off:{receipt.order}" in hidden["vehicles", "victim"]
    finally:
        lift(receipt.order)


def test_a_person_behind_an_integration_is_not_idle():
    from openclear.access.gate import uses

    uses._noted.clear()
    Officer.objects.filter(handle="lund").update(last_used=clock.today() - timedelta(days=50))
    assert acting("lund").status_code == 200
    assert Officer.objects.get(handle="lund").last_used == clock.today()
