"""Each of these fails when one protection is taken out that no other test stands for."""

from datetime import date, timedelta

import pytest

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.access.orders import receipts
from openclear.access.policy.facts import AgreementRow
from openclear.access.policy.rules import class_of_requester
from openclear.access.registry import lifecycle
from openclear.delivery import alerts, exports, jobs, links
from openclear.delivery.alerts import asking
from openclear.delivery.errors import Gone
from openclear.delivery.exports import commands
from openclear.delivery.files import path_of
from openclear.delivery.models import Alert, AlertHit, Export, Link
from openclear.records.cases.models import Case
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import CRIME, cut_off, grant, lift, open_case
from tests.delivery.test_kept import ask_export, made, new_incident, part

pytestmark = pytest.mark.anywhere


def test_what_an_answer_under_way_made_is_ended_before_the_receipt(monkeypatch):
    real, record, late = receipts._Proof.drained, Incident.objects.first().id, []

    def drained(*of):
        told = real(*of)
        moment = clock.now()
        late.append(
            Link.objects.create(
                owner="ives",
                kind="incidents",
                record=record,
                purpose=CRIME,
                case="",
                state="active",
                created=moment,
                expires=moment + timedelta(days=1),
            )
        )
        return told

    monkeypatch.setattr(receipts._Proof, "drained", drained)
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    assert Link.objects.get(pk=late[0].pk).state == "ended"
    state, after = next((item.state, item.after) for item in receipt.receipts if item.target == "links")
    assert (state, after) == ("verified", 0)


def test_a_receipt_says_failed_where_what_was_to_end_is_still_there(monkeypatch):
    key = grant("ives", Action.INCIDENT_VIEW)
    link = links.give_link(key, kind="incidents", record=Incident.objects.first().id)
    kept = next(reach for reach in receipts.ports.reach if reach.target == "links")
    monkeypatch.setattr(kept, "end", lambda held: None)
    receipt = cut_off("us.dhs.ice")
    monkeypatch.undo()
    lift(receipt.order)
    told = next(item for item in receipt.receipts if item.target == "links")
    assert (told.state, told.after >= 1) == ("failed", True)
    assert Link.objects.get(pk=link.id).state == "ended"  # the lifting ends it


@pytest.mark.parametrize("channel", ["page", "mail"])
def test_an_order_between_the_finding_and_the_telling_of_an_alert_sends_nothing(channel, monkeypatch):
    block, sent = "0999X W BETWEEN ST", []
    watch = alerts.keep_alert(
        grant("ives", Action.INCIDENT_SEARCH), kind="incidents", text=block, channel=channel
    )
    row, real = new_incident(block), asking.ids_found

    def ids_found(key, **named):
        found = real(key, **named)
        cut_off("us.dhs.ice")
        return found

    monkeypatch.setattr(asking, "ids_found", ids_found)
    monkeypatch.setattr(asking.Delivery, "send", lambda *_, **__: sent.append(1))
    try:
        assert alerts.run_alerts() == 0
        assert not sent
        assert not AlertHit.objects.filter(alert=watch.id, found__gt=watch.created).exists()
    finally:
        lift("us.dhs.ice")
        row.delete()
        Alert.objects.filter(pk=watch.id).delete()


def test_a_link_is_shut_while_its_giver_may_not_open_the_record():
    viewing = grant("ives", Action.INCIDENT_VIEW)
    link = links.give_link(viewing, kind="incidents", record=Incident.objects.first().id)
    assert links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
    cut_off("us.dhs.ice")
    try:
        Link.objects.filter(pk=link.id).update(state="active")  # as if the order had not seen it
        with pytest.raises(Gone):
            links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
    finally:
        lift("us.dhs.ice")
        Link.objects.filter(pk=link.id).update(state="ended")


def test_a_link_is_good_for_a_week():
    link = links.give_link(
        grant("soto", Action.INCIDENT_VIEW), kind="incidents", record=Incident.objects.first().id
    )
    row = Link.objects.get(pk=link.id)
    assert row.expires - row.created == timedelta(days=7)
    Link.objects.filter(pk=link.id).update(expires=clock.now())
    with pytest.raises(Gone):
        links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)


def test_a_file_is_there_for_seven_days_and_then_gone():
    from openclear.operations.worker import _duties

    row = made(ask_export("frost"))
    assert row.expires - row.created == timedelta(days=7)
    Export.objects.filter(pk=row.id).update(expires=clock.now())
    with pytest.raises(Gone):
        part("frost", row.id)
    assert exports.expire in {duty._act for duty in _duties()}
    assert exports.expire() >= 1
    assert not path_of(row.id).exists()
    assert Export.objects.get(pk=row.id).state == "ended"


def test_a_range_is_decided_in_the_owners_name_under_the_order():
    row = made(ask_export("ives"))
    keeping = grant("ives", Action.EXPORT_KEEP)
    kept = {path: path.read_bytes() for path in path_of(row.id).parent.glob(f"{row.id}*")}
    cut_off("us.dhs.ice")
    try:
        Export.objects.filter(pk=row.id).update(state="ready")  # as if the order had not seen it
        for path, data in kept.items():
            path.write_bytes(data)
        with pytest.raises(Refused, match="cut off"):
            exports.open_part(keeping, export=row.id, start=0, stop=9, address="")
    finally:
        lift("us.dhs.ice")
        exports.end_export(grant("ives", Action.EXPORT_KEEP), export=row.id)


def test_an_ended_export_is_handed_out_by_nobody_though_its_file_was_left():
    row = made(ask_export("frost"))
    for state in ("ended", "failed", "running"):
        Export.objects.filter(pk=row.id).update(state=state)
        with pytest.raises(Gone):
            part("frost", row.id)


def test_nobody_has_more_exports_than_a_days(monkeypatch):
    from openclear.vocabulary.errors import NotPossible

    assert commands.MOST_PER_DAY == 20
    monkeypatch.setattr(commands, "MOST_PER_DAY", Export.objects.filter(owner="hale").count() + 1)
    ask_export("hale")
    with pytest.raises(NotPossible, match="within a day"):
        ask_export("hale")


def test_a_case_that_is_closed_after_the_last_chunk_ends_the_export(monkeypatch):
    row, real = ask_export("frost"), jobs.ExportDraft.finish
    number = Export.objects.get(pk=row.id).case

    def finish(draft, *named):
        Case.objects.filter(number=number).update(closed=clock.today())
        return real(draft, *named)

    monkeypatch.setattr(jobs.ExportDraft, "finish", finish)
    try:
        jobs.make_export(row.id)
        assert Export.objects.get(pk=row.id).state == "failed"
        assert not path_of(row.id).exists()
    finally:
        Case.objects.filter(number=number).update(closed=None)


def test_an_export_that_ended_while_it_was_made_leaves_no_file(monkeypatch):
    row, real = ask_export("frost"), jobs.ExportDraft.finish

    def finish(draft, *named):
        done = real(draft, *named)
        Export.objects.filter(pk=row.id).update(
            state="ended"
        )  # by whoever looked for its files before they were there
        return done

    monkeypatch.setattr(jobs.ExportDraft, "finish", finish)
    jobs.make_export(row.id)
    assert Export.objects.get(pk=row.id).state == "ended"
    assert not path_of(row.id).exists()


def test_the_order_that_comes_between_says_that_it_is_the_order():
    from django.http import HttpResponse

    key = gate.open_for("ives", Action.PERSON_SEARCH, purpose=CRIME, case=open_case())
    receipt = cut_off("us.dhs.ice")
    try:
        with pytest.raises(Refused) as refused:
            key.release(HttpResponse("a name"))
        assert refused.value.verdict.rule_ids == (f"cut-off:{receipt.order}",)
    finally:
        lift("us.dhs.ice")


def test_an_agreement_is_none_before_it_is_signed():
    from tests.access.policy.test_policies import DAY, person

    doj = AgreementRow("us.doj", DAY, date(2020, 1, 1))
    frost = person(("us.doj.fbi", "employer", DAY, None), agreements=(doj,))
    assert class_of_requester(frost, ("us.doj.fbi",), DAY).agreed
    assert not class_of_requester(frost, ("us.doj.fbi",), DAY - timedelta(days=1)).agreed


def test_a_disabled_or_lapsed_integration_carries_nobody():
    from openclear.access.models import Officer
    from tests.access.registry.test_registry import acting, registry

    before = Officer.objects.get(handle="crossroads")
    assert acting("lund").status_code == 200
    try:
        lifecycle.disable(
            registry(), handle="crossroads", reason="end of the contract", approval=registry("adler")
        )
        assert acting("lund").json().get("rule_ids") == ["account-disabled"]
        lifecycle.reinstate(registry(), approval=registry("adler"), handle="crossroads")
        assert acting("lund").status_code == 200
        Officer.objects.filter(pk=before.pk).update(certified_until=clock.today() - timedelta(days=1))
        lifecycle.certify(
            registry(), handles=["marsh"], until=clock.today() + timedelta(days=365)
        )  # the epoch rises
        assert acting("lund").json().get("rule_ids") == ["certification-lapsed"]
    finally:
        Officer.objects.filter(pk=before.pk).update(is_active=True, certified_until=before.certified_until)
        lifecycle.certify(registry(), handles=["marsh"], until=clock.today() + timedelta(days=365))


def test_a_pdf_says_whose_it_is():
    from pypdf import PdfReader

    row = made(ask_export("frost", "people", "garcia", "pdf"))
    reader = PdfReader(path_of(row.id))
    assert all("made_for: frost" in page.extract_text() for page in reader.pages)
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en")  # a screen reader finds its way


def test_an_order_waits_for_the_answer_that_is_being_handed_over_or_says_so(monkeypatch):
    from django.http import HttpResponse

    from openclear.access import barrier

    monkeypatch.setattr(barrier.hold, "ORDER_SECONDS", 0.2)
    answer = gate.open_for("ives", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x"))
    receipt = cut_off("us.dhs.ice")
    answer.close()
    lift(receipt.order)
    drained = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert (drained.state, drained.after) == ("failed", 1)
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    drained = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert (drained.state, drained.after) == ("verified", 0)


def test_civil_immigration_is_in_no_permit_and_forbidden_besides():
    from openclear.access.gate.decide import policies
    from openclear.vocabulary.purposes import Purpose
    from tests.access.policy.test_policies import FROST, RIVERA, inquiry

    for who in (RIVERA, FROST):
        for action in Action:
            verdict = policies().under(()).decide(who, inquiry(action, Purpose.CIVIL_IMMIGRATION_ENFORCEMENT))
            assert not verdict.allowed
    # Cedar names forbids alone where one holds, so the permits are read themselves.
    text = policies().text
    assert text.count('"civil-immigration-enforcement"') == 1


def test_no_answer_may_be_kept_by_a_browser():
    from tests.cast import search, signed_in

    client = signed_in("frost")
    for answer in (
        client.get("/"),
        client.get("/saved"),
        client.get("/no/such"),
        search("frost", "garcia"),
        search("frost", "garcia", purpose="zz"),
    ):
        assert answer.headers["Cache-Control"] == "no-store", answer.status_code
