"""Exports, alerts, links: every one is decided again at every use, and an order ends them all."""

import csv
import hashlib
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import duckdb
import pytest
from django.conf import settings

from openclear.access.errors import Refused
from openclear.delivery import alerts, exports, jobs, links
from openclear.delivery.alerts import asking
from openclear.delivery.errors import Gone
from openclear.delivery.files import path_of
from openclear.delivery.models import Alert, AlertHit, Export, Link
from openclear.delivery.rules import range_of
from openclear.records.incidents.models import Incident
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.labels import Label
from tests.cast import cut_off, grant, lift, open_case


def ask_export(who="ives", kind="incidents", text="", format_name="csv", **filters):
    key = grant(who, Action.PERSON_SEARCH if kind == "people" else Action.INCIDENT_SEARCH, case=open_case())
    if kind == "incidents" and not text:
        filters = filters or {"since": "2025-01-01"}
    return exports.request_export(key, kind=kind, text=text, filters=filters, format_name=format_name)


def made(row):
    jobs.make_export(row.id)
    return Export.objects.get(pk=row.id)


def part(who, export, start=0, stop=1 << 20):
    keeping = grant(who, Action.EXPORT_KEEP)
    key, data = exports.open_part(keeping, export=export, start=start, stop=stop, address="")
    return key, data


def test_an_export_holds_what_the_search_shows_and_nothing_hidden():
    row = made(ask_export("frost"))
    assert (row.state, row.problem) == ("ready", "")
    path = path_of(row.id)
    with path.open(encoding="utf-8-sig") as file:
        told = list(csv.DictReader(file))
    hidden = Incident.objects.filter(labels=Label.SEXUAL_ASSAULT.value)
    assert len(told) == row.rows > 500
    assert (
        row.rows
        == Incident.objects.filter(occurred__date__gte="2025-01-01").count()
        - hidden.filter(occurred__date__gte="2025-01-01").count()
        - Incident.objects.filter(
            labels=Label.SEXUAL_ASSAULT.value | Label.DOMESTIC.value, occurred__date__gte="2025-01-01"
        ).count()
    )
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not {str(item) for item in hidden.values_list("pk", flat=True)} & {item["id"] for item in told}


def test_parquet_and_pdf_hold_the_same_rows():
    parquet = made(ask_export("frost", "people", "garcia", "parquet"))
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{path_of(parquet.id)}')").fetchall()
    assert len(rows) == parquet.rows > 0
    marks = dict(
        duckdb.sql(
            f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path_of(parquet.id)}')"
        ).fetchall()
    )
    assert marks.get("made_for") == "frost"
    pdf = made(ask_export("frost", "people", "garcia", "pdf"))
    assert pdf.rows == parquet.rows
    assert path_of(pdf.id).read_bytes().startswith(b"%PDF-")


def test_an_order_ends_exports_jobs_alerts_and_links_and_proves_it():
    ready, queued = made(ask_export()), ask_export()
    key = grant("ives", Action.PERSON_SEARCH, case=open_case())
    alerts.keep_alert(key, kind="people", text="zacharias qwert", channel="page")
    viewing = grant("ives", Action.INCIDENT_VIEW)
    link = links.give_link(viewing, kind="incidents", record=Incident.objects.first().id)
    assert path_of(ready.id).exists()
    receipt = cut_off("us.dhs.ice")
    try:
        told = {item.target: (item.state, item.before, item.after) for item in receipt.receipts}
        for target in ("exports", "jobs", "alerts", "links"):
            state, before, after = told[target]
            assert (state, before >= 1, after) == ("verified", True, 0), target
        assert not path_of(ready.id).exists()
        jobs.make_export(queued.id)
        assert Export.objects.get(pk=queued.id).state == "ended"
        with pytest.raises(Refused):
            part("ives", ready.id)
        with pytest.raises(Gone):
            links.follow_link(grant("frost", Action.DESK_OPEN), link=link.id)
    finally:
        lift("us.dhs.ice")
    with pytest.raises(Gone):
        part("ives", ready.id)  # lifting brings nothing back that was ended
    assert Alert.objects.get(owner="ives", text="zacharias qwert").state == "ended"


def test_a_job_that_was_queued_before_the_order_decides_when_it_runs():
    row = ask_export("kerr")
    cut_off("us.dhs.ice")
    try:
        Export.objects.filter(pk=row.id).update(state="queued")  # as if the order had not seen it
        jobs.make_export(row.id)
        assert Export.objects.get(pk=row.id).state == "failed"
        assert not path_of(row.id).exists()
        assert not list(path_of(row.id).parent.glob(f"{row.id}.*"))
    finally:
        lift("us.dhs.ice")


def test_an_order_in_the_middle_of_a_job_ends_it(monkeypatch):
    row = ask_export("ives")
    real, chunks = jobs.every_row, []

    def every_row(key, **named):
        for rows in real(key, **named):
            chunks.append(len(rows))
            if len(chunks) == 2:
                cut_off("us.dhs.ice")
            yield rows

    monkeypatch.setattr(jobs, "every_row", every_row)
    try:
        jobs.make_export(row.id)
        assert len(chunks) == 2
        assert Export.objects.get(pk=row.id).state in {"ended", "failed"}
        assert not path_of(row.id).exists()
    finally:
        lift("us.dhs.ice")


def test_each_range_is_a_decision_with_an_entry():
    row = made(ask_export("frost"))
    first, data = part("frost", row.id, 0, 1000)
    from django.http import HttpResponse

    second, more = part("frost", row.id, 1000, 2000)
    answers = [key.release(HttpResponse(data)) for key in (first, second)]
    for answer in answers:
        answer.close()
    assert len({answer.headers["OpenCLEAR-Receipt"] for answer in answers}) == 2
    assert (data + more) == path_of(row.id).read_bytes()[:2000]
    with pytest.raises(Gone):
        part("hale", row.id)


def test_a_file_made_under_other_rules_is_not_handed_out():
    row = made(ask_export("frost"))
    Export.objects.filter(pk=row.id).update(shown_under="0" * 64)
    with pytest.raises(Gone, match="Your access rules changed"):
        part("frost", row.id)
    assert not path_of(row.id).exists()


def test_a_cell_that_a_spreadsheet_would_run_is_text():
    from openclear.delivery.formats import cell_of

    assert cell_of("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert cell_of("-1+1") == "'-1+1"
    assert cell_of("Garcia") == "Garcia"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 1 << 20)),
        ("bytes=0-9", (0, 10)),
        ("bytes=5-", (5, 5 + (1 << 20))),
        ("bytes=-7", (2999993, 3000000)),
    ],
)
def test_ranges(header, expected):
    assert range_of(header, 3_000_000) == expected


@pytest.mark.parametrize("header", ["bytes=9-3", "bytes=0-1,3-4", "lines=1-2", "bytes=3000000-", "bytes=a-b"])
def test_ranges_that_are_none(header):
    with pytest.raises(WrongUsage):
        range_of(header, 3_000_000)


def test_an_export_of_everything_or_too_many_is_not_taken():
    key = grant("frost", Action.INCIDENT_SEARCH)
    with pytest.raises(WrongUsage, match="Enter what to export"):
        exports.request_export(key, kind="incidents", text=" ", filters={}, format_name="csv")
    with pytest.raises(WrongUsage, match="format"):
        exports.request_export(key, kind="incidents", text="x", filters={}, format_name="xls")


def new_incident(block):
    return Incident.objects.create(
        source="test", source_id=block, block=block, occurred="2026-06-01T12:00:00Z", rd_number=""
    )


class Receiver(BaseHTTPRequestHandler):
    told: ClassVar[list] = []

    def do_POST(self):
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/alerts"
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", [address])
    Receiver.told.clear()
    yield address
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("channel", ["page", "mail", "webhook"])
def test_an_alert_tells_of_what_is_new_once_and_not_after_an_order(channel, receiver):
    block = f"0999X W {channel.upper()} ST"
    key = grant("tran", Action.INCIDENT_SEARCH)
    alert = alerts.keep_alert(
        key, kind="incidents", text=block, channel=channel, address=receiver if channel == "webhook" else ""
    )
    mail = settings.POLICE_FOLDER / "mail"
    letters = len(list(mail.glob("*.eml"))) if mail.exists() else 0
    assert alert.hits == 0
    assert alerts.run_alerts() == 0
    row = new_incident(block)
    try:
        assert alerts.run_alerts() == 1
        assert alerts.run_alerts() == 0
        if channel == "webhook":
            assert [(told["alert"], told["new"]) for told in Receiver.told] == [(str(alert.id), 1)]
        if channel == "mail":
            new = sorted(mail.glob("*.eml"))[letters:]
            assert len(new) == 1
            assert block not in new[0].read_text()
            assert "tran@demo.example" in new[0].read_text()
        receipt = cut_off("us.dhs.cbp")
        Alert.objects.filter(pk=alert.id).update(state="active")  # as if the order had not seen it
        other = new_incident(block + " 2")
        assert alerts.run_alerts() == 0
        assert Alert.objects.get(pk=alert.id).state == "ended"
        assert len(Receiver.told) == (channel == "webhook")
        lift(receipt.order)
        other.delete()
    finally:
        row.delete()
        Alert.objects.filter(pk=alert.id).delete()


def test_what_an_alert_finds_on_its_first_day_is_no_news():
    key = grant("tran", Action.PERSON_SEARCH, case=open_case())
    alert = alerts.keep_alert(key, kind="people", text="garcia", channel="page")
    assert AlertHit.objects.filter(alert=alert.id).count() > 0
    assert alert.hits == 0
    Alert.objects.filter(pk=alert.id).delete()


def test_an_alert_is_never_for_civil_immigration():
    from openclear.vocabulary.purposes import Purpose

    with pytest.raises(Refused, match="civil immigration"):
        grant("rivera", Action.PERSON_SEARCH, Purpose.CIVIL_IMMIGRATION_ENFORCEMENT, open_case())
    key = grant("rivera", Action.INCIDENT_SEARCH)
    for text in ("I-200", "NCIC IVF hits", "immigration violator", "removal order"):
        with pytest.raises(NotPossible, match="civil immigration matter"):
            alerts.keep_alert(key, kind="incidents", text=text, channel="page")


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/", "https://evil.example/", "file:///etc/passwd", "https://u@ok/"]
)
def test_an_alert_is_sent_only_where_the_operator_allows(address):
    key = grant("rivera", Action.INCIDENT_SEARCH)
    with pytest.raises(WrongUsage, match="operator has allowed"):
        alerts.keep_alert(key, kind="incidents", text="0999X", channel="webhook", address=address)


def test_one_alert_that_fails_silences_no_other(monkeypatch):
    key = grant("tran", Action.INCIDENT_SEARCH)
    block = "0999X W BROKEN ST"
    broken, sound = (alerts.keep_alert(key, kind="incidents", text=block, channel="page") for _ in range(2))
    row, real = new_incident(block), asking._tell

    def tell(alert, *granted):
        if alert.id == broken.id:
            raise UnicodeEncodeError("ascii", "x", 0, 1, "a path that no header can spell")
        return real(alert, *granted)

    monkeypatch.setattr(asking, "_tell", tell)
    assert alerts.run_alerts() == 1
    row.delete()
    Alert.objects.filter(pk__in=[broken.id, sound.id]).delete()


def test_what_a_killed_worker_left_goes_with_the_order():
    row = ask_export("ives")
    Export.objects.filter(pk=row.id).update(state="running")
    left = [path_of(row.id).with_suffix(suffix) for suffix in (".draft", ".made")]
    for path in left:
        path.write_text("clear rows")
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    assert not [path for path in left if path.exists()]


def test_what_was_broken_off_is_told_and_its_rows_are_removed():
    row = ask_export("frost")
    Export.objects.filter(pk=row.id).update(state="running")
    path_of(row.id).with_suffix(".draft").write_text("clear rows")
    assert jobs.fail_interrupted() >= 1
    assert Export.objects.get(pk=row.id).problem.startswith("The worker stopped")
    assert not path_of(row.id).with_suffix(".draft").exists()


def test_a_webhook_is_allowed_by_its_whole_host(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", ["https://hooks.agency.example"])
    key = grant("rivera", Action.INCIDENT_SEARCH)
    with pytest.raises(WrongUsage, match="operator has allowed"):
        alerts.keep_alert(
            key,
            kind="incidents",
            text="0999X",
            channel="webhook",
            address="https://hooks.agency.example.evil.example/x",
        )


def test_a_receiver_that_is_down_is_tried_again(receiver, monkeypatch):
    block = "0999X W DOWN ST"
    key = grant("tran", Action.INCIDENT_SEARCH)
    alert = alerts.keep_alert(key, kind="incidents", text=block, channel="webhook", address=receiver)
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", [*settings.WEBHOOK_TARGETS, "http://127.0.0.1:9"])
    Alert.objects.filter(pk=alert.id).update(address="http://127.0.0.1:9/")
    row = new_incident(block)
    assert alerts.run_alerts() == 0
    Alert.objects.filter(pk=alert.id).update(address=receiver)
    assert alerts.run_alerts() == 1
    row.delete()
    Alert.objects.filter(pk=alert.id).delete()


def test_a_link_opens_for_whoever_may_and_dies_with_its_giver():
    viewing = grant("soto", Action.INCIDENT_VIEW)
    link = links.give_link(viewing, kind="incidents", record=Incident.objects.first().id)
    assert links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id).record == link.record
    receipt = cut_off("us.doj.dea", purposes=["missing-person"])
    assert links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)  # not what the order means
    lift(receipt.order)
    links.end_link(grant("soto", Action.LINK_KEEP), link=link.id)
    with pytest.raises(Gone):
        links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
    assert Link.objects.get(pk=link.id).state == "ended"


def test_the_worker_makes_what_waits():
    from openclear.cli.main import main

    row = ask_export("frost")
    assert main(["worker", "--once"], lambda: None) == 0
    assert Export.objects.get(pk=row.id).state == "ready"
