"""Every way out of the officer site asks again, and an order ends it: files in ranges, links, suggestions, alerts, packets."""

from datetime import timedelta

import pytest

from openclear.delivery import alerts, jobs
from openclear.delivery.files import path_of
from openclear.delivery.models import Alert, Export, Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from tests.cast import CRIME, cut_off, lift, open_case, signed_in

pytestmark = pytest.mark.anywhere


def exported(client, who, **form):
    asked = {"kind": "people", "q": "garcia", "purpose": CRIME, "case": open_case(), "format": "csv"} | form
    answer = client.post("/saved/exports", asked)
    assert answer.status_code == 303, answer.content.decode()
    row = Export.objects.filter(owner=who).order_by("-created").first()
    jobs.make_export(row.id)
    return Export.objects.get(pk=row.id)


def test_a_file_is_fetched_in_ranges_each_with_its_receipt():
    client = signed_in("quill")
    row = exported(client, "quill")
    assert row.state == "ready"
    whole = path_of(row.id).read_bytes()
    assert client.get(f"/saved/exports/{row.id}/parts/1").content == whole
    first = client.get(f"/saved/exports/{row.id}/file", headers={"range": "bytes=0-99"})
    assert (first.status_code, first.headers["Content-Range"]) == (206, f"bytes 0-99/{len(whole)}")
    rest = client.get(f"/saved/exports/{row.id}/file", headers={"range": "bytes=100-"})
    assert first.content + rest.content == whole
    assert first.headers["OpenCLEAR-Receipt"] != rest.headers["OpenCLEAR-Receipt"]
    assert first.headers["Cache-Control"] == "no-store"
    for wrong in ("bytes=9-1", "lines=1-2", f"bytes={len(whole)}-"):
        assert client.get(f"/saved/exports/{row.id}/file", headers={"range": wrong}).status_code == 400
    assert signed_in("soto").get(f"/saved/exports/{row.id}/file").status_code == 400


def test_an_order_ends_the_file_the_link_and_the_suggestions_on_every_page():
    ives, frost = signed_in("ives"), signed_in("frost")
    row = exported(ives, "ives")
    record = Incident.objects.filter(labels=0).first().id
    reason = {"purpose": CRIME, "case": open_case()}
    assert (
        ives.post("/saved/links", {"kind": "incidents", "record": str(record), **reason}).status_code == 303
    )
    link = Link.objects.filter(owner="ives", record=record).latest("created")
    assert frost.get(f"/l/{link.id}").status_code == 302
    ways = [
        f"/saved/exports/{row.id}/parts/1",
        f"/saved/exports/{row.id}/file",
        "/saved",
        "/suggest?case=C",
        f"/l/{link.id}",
        "/explain",
    ]
    assert {ives.get(way).status_code for way in ways} <= {200, 302}
    receipt = cut_off("us.dhs.ice")
    try:
        for way in ways:
            answer = ives.get(way)
            assert (answer.status_code, f"cut-off:{receipt.order}" in answer.content.decode()) == (
                403,
                True,
            ), way
        for form in ({"kind": "people", "q": "garcia", "format": "csv", **reason}, {"kind": "no"}):
            assert ives.post("/saved/exports", form).status_code == 403, "the order, not the mistake"
        assert frost.get(f"/l/{link.id}").status_code == 400
        assert frost.get("/suggest?case=C").status_code == 200
        assert not path_of(row.id).exists()
    finally:
        lift(receipt.order)
    assert ives.get(f"/saved/exports/{row.id}/parts/1").status_code == 400


def test_a_link_takes_nobody_past_their_own_gate_and_tells_nothing_of_the_givers_case():
    rivera, chen = signed_in("rivera"), signed_in("chen")
    record = Incident.objects.filter(labels=0).first().id
    reason = {"purpose": CRIME, "case": open_case()}
    rivera.post("/saved/links", {"kind": "incidents", "record": str(record), **reason})
    link = Link.objects.filter(owner="rivera", record=record).latest("created")
    way = chen.get(f"/l/{link.id}").headers["Location"]
    assert open_case() not in way
    assert chen.get(way).status_code == 403


def test_an_alert_ends_by_itself_after_90_days():
    client = signed_in("lund")
    form = {"kind": "incidents", "q": "0999X W LATE ST", "purpose": CRIME, "channel": "page"}
    assert client.post("/saved/alerts", form).status_code == 303
    watch = Alert.objects.get(owner="lund")
    assert watch.expires - watch.created == timedelta(days=90)
    Alert.objects.filter(pk=watch.pk).update(expires=clock.now())
    alerts.run_alerts()
    assert Alert.objects.get(pk=watch.pk).state == "ended"


@pytest.mark.parametrize(
    "form",
    [{"kind": "people"}, {"kind": "spaceships", "q": "x"}, {"kind": "people", "q": "x", "format": "doc"}],
)
def test_what_cannot_be_kept_says_why(form):
    client = signed_in("lund")
    answer = client.post("/saved/exports", {"purpose": CRIME, "case": open_case()} | form)
    assert answer.status_code == 400
    assert 'class="problem"' in answer.content.decode()


def test_what_is_kept_for_another_agency_is_not_kept():
    client = signed_in("rivera")
    asked = {
        "kind": "people",
        "q": "garcia",
        "format": "csv",
        "purpose": CRIME,
        "case": open_case(),
        "on_behalf_of": "us.doj.fbi",
    }
    assert "for yourself" in client.post("/saved/exports", asked).content.decode()
