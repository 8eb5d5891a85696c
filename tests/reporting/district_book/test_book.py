"""District books: the figures that one counts by hand, on pages that a screen reader reads, as a job that an order ends."""

import io
import json
from collections import Counter
from datetime import date
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from openclear.access.errors import Refused
from openclear.access.registry import ties
from openclear.audit import log
from openclear.audit.models import Body
from openclear.cli.main import main
from openclear.delivery import exports, jobs
from openclear.delivery.errors import Gone
from openclear.delivery.files import path_of
from openclear.delivery.models import Export
from openclear.records.boundaries.rows import BoundaryRow
from openclear.records.changes import note_changes
from openclear.records.incidents.models import Incident
from openclear.reporting.declared import DeclaredReport
from openclear.reporting.district_book.charts import bars, beat_map
from openclear.reporting.district_book.declaration import DISTRICT_BOOK
from openclear.reporting.district_book.figures import Line, book_facts, last_day
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import ADMINISTRATION, ask, cut_off, grant, lift, signed_in

pytestmark = pytest.mark.anywhere

CHICAGO = ZoneInfo("America/Chicago")


def chen():
    return grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)


def make_book(key, *, district, month, watermark):
    return DISTRICT_BOOK.make(key, {"district": district, "month": month}, watermark)[0]


@pytest.fixture(scope="module")
def busiest():
    """The district and the month that have most incidents, of months that are over: (district, first day)."""
    counts = Counter(
        (row.district, row.occurred.astimezone(CHICAGO).date().replace(day=1))
        for row in Incident.objects.filter(labels=0).exclude(district="")
    )
    return max((key for key in counts if last_day(key[1]) < clock.today()), key=counts.__getitem__)


def by_hand(district, month):
    refused = chen().over(Dataset.INCIDENTS).refused_labels.value
    for row in Incident.objects.filter(district=district).prefetch_related("offenses"):
        offense = min(row.offenses.all(), key=lambda one: one.id)
        moment = row.occurred.astimezone(CHICAGO)
        if not (row.labels | offense.labels) & refused and moment.date().replace(day=1) == month:
            yield SimpleNamespace(row=row, kind=offense.primary_type, moment=moment)


def test_a_book_tells_what_one_counts_by_hand(busiest):
    district, month = busiest
    facts = book_facts(chen(), district=district, month=month)
    rows = list(by_hand(district, month))
    before = len(list(by_hand(district, month.replace(year=month.year - 1))))
    to_date = sum(
        len(list(by_hand(district, month.replace(month=number)))) for number in range(1, month.month + 1)
    )
    assert (facts.total.now, facts.total.year_before, facts.total.to_date) == (len(rows), before, to_date)
    assert facts.arrests == sum(one.row.arrest_made for one in rows)
    assert {line.name: line.now for line in facts.offenses if line.now} == Counter(one.kind for one in rows)
    assert {beat: count for beat, count, _ in facts.beats} == Counter(one.row.beat for one in rows)
    hours = Counter((one.moment.weekday(), one.moment.hour) for one in rows)
    assert {(d, h): n for d, row in enumerate(facts.hours) for h, n in enumerate(row) if n} == hours
    assert len(facts.months) == 13
    assert facts.months[-1] == (month, len(rows))
    assert facts.months[0] == (month.replace(year=month.year - 1), before)


def test_the_pages_say_it_and_a_screen_reader_finds_its_way(busiest):
    district, month = busiest
    data = make_book(chen(), district=district, month=f"{month:%Y-%m}", watermark={"made for": "chen"})
    reader = PdfReader(io.BytesIO(data))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert f"District {district}" in reader.metadata.title
    told = "\n".join(page.extract_text() for page in reader.pages)
    facts = book_facts(chen(), district=district, month=month)
    assert f"{facts.total.now:,}" in told
    for line in facts.offenses:
        assert line.name in told
    assert told.count("made for: chen") == len(reader.pages)
    assert "sealed" in told  # what the reader's clearance leaves out
    described = _descriptions(root["/StructTreeRoot"])
    assert any(text.startswith("Incidents by month") and f"{month:%B %Y}" in text for text in described)


def _descriptions(node, depth=0):
    found = []
    if isinstance(node, list):
        return [text for one in node for text in _descriptions(one, depth + 1)]
    node = node.get_object()
    if isinstance(node, list):
        return _descriptions(node, depth)
    if hasattr(node, "get"):
        if "/Alt" in node:
            found.append(str(node["/Alt"]))
        if "/K" in node and depth < 60:
            found += _descriptions(node["/K"], depth + 1)
    return found


def test_a_sealed_incident_is_in_no_book(busiest):
    district, month = busiest
    before = book_facts(chen(), district=district, month=month).total.now
    row = next(by_hand(district, month)).row
    Incident.objects.filter(pk=row.pk).update(labels=Label.SEALED.value)
    note_changes([row.occurred])
    try:
        assert book_facts(chen(), district=district, month=month).total.now == before - 1
    finally:
        Incident.objects.filter(pk=row.pk).update(labels=row.labels)
        note_changes([row.occurred])


def queue(busiest):
    district, month = busiest
    return exports.request_report(
        chen(), kind="book", asked={"district": district, "month": f"{month:%Y-%m}"}
    )


def fetch(row):
    keeping = grant("chen", Action.EXPORT_KEEP)
    return exports.open_part(keeping, export=row.id, start=0, stop=1 << 20, address="")[1]


def test_a_book_as_a_job_is_fetched_until_its_figures_change(busiest):
    row = queue(busiest)
    jobs.make_export(row.id)
    made = Export.objects.get(pk=row.id)
    assert (made.state, made.problem, made.kind) == ("ready", "", "book")
    assert fetch(row).startswith(b"%PDF")
    hidden = next(by_hand(*busiest)).row
    Incident.objects.filter(pk=hidden.pk).update(labels=Label.EXPUNGED.value)
    note_changes([hidden.occurred])
    try:
        with pytest.raises(Gone, match="has ended; request it again"):
            fetch(row)
    finally:
        Incident.objects.filter(pk=hidden.pk).update(labels=hidden.labels)
        note_changes([hidden.occurred])
    assert not path_of(row.id).exists()
    assert Export.objects.get(pk=row.id).state == "ended"


def test_a_book_with_nothing_left_to_tell_is_ended_with_its_file(busiest, monkeypatch):
    row = queue(busiest)
    jobs.make_export(row.id)

    def nothing(*_, **__):
        raise NotPossible("No incident of this district is on record.")

    monkeypatch.setattr(DeclaredReport, "digest", nothing)
    with pytest.raises(Gone, match="has ended; request it again"):
        fetch(row)
    assert not path_of(row.id).exists()
    assert Export.objects.get(pk=row.id).state == "ended"


def test_an_order_ends_books_that_wait_and_books_that_are_made(busiest):
    ties.affiliate(
        grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION),
        handle="chen",
        agency="us.dhs.ice.hsi",
        kind="task-force",
    )
    try:
        made, waiting = queue(busiest), queue(busiest)
        jobs.make_export(made.id)
        assert path_of(made.id).exists()
        receipt = cut_off("us.dhs.ice")
        try:
            assert not path_of(made.id).exists()
            jobs.make_export(waiting.id)
            states = set(Export.objects.filter(pk__in=[made.id, waiting.id]).values_list("state", flat=True))
            assert states == {"ended"}
            with pytest.raises(Refused):
                chen()
        finally:
            lift(receipt.order)
        assert not path_of(waiting.id).exists()
    finally:
        first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
        ties.end_affiliation(first, handle="chen", agency="us.dhs.ice.hsi", approval=second)


def test_the_page_queues_a_book_and_says_what_is_wrong(busiest):
    district, month = busiest
    client = signed_in("chen")
    assert client.post("/figures/books", {"district": district, "month": f"{month:%Y-%m}"}).status_code == 303
    assert "District book" in client.get("/saved").content.decode()
    for wrong in ({"district": "eleven", "month": "2026-01"}, {"district": "011", "month": "soon"}):
        assert client.post("/figures/books", wrong).status_code == 400
    assert (
        signed_in("rivera").post("/figures/books", {"district": "011", "month": "2026-01"}).status_code == 403
    )


def test_from_the_command_line(busiest, tmp_path, capsys):
    district, month = busiest
    file = tmp_path / "book.pdf"
    assert main(["book", district, f"{month:%Y-%m}", "--to", str(file), "--json"], lambda: None) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == file.stat().st_size
    assert file.read_bytes().startswith(b"%PDF")
    assert main(["book", district, f"{month:%Y-%m}", "--json"], lambda: None) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "queued"
    words = ["report", "book", f"district={district}", f"month={month:%Y-%m}", "--json"]
    assert main(words, lambda: None) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "queued"
    assert main([*words[:-1], "beat=1"], lambda: None) == 2
    assert "district=VALUE, month=VALUE" in capsys.readouterr().err
    assert main(["report", "novel"], lambda: None) == 2
    assert "the reports are book" in capsys.readouterr().err
    assert main(["book", "999", f"{month:%Y-%m}", "--to", str(tmp_path / "none.pdf")], lambda: None) != 0
    assert "No incident of district 999" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["book.pdf"]
    place = tmp_path / "nowhere" / "book.pdf"
    assert main(["book", district, f"{month:%Y-%m}", "--to", str(place)], lambda: None) == 1
    error = capsys.readouterr().err
    assert f"{place}.part" in error
    assert "failed unexpectedly" not in error


def test_from_the_api(busiest):
    district, month = busiest
    answer = ask("chen", "reports/books", district=district, month=f"{month:%Y-%m}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["OpenCLEAR-Receipt"]
    assert ask("chen", "reports/books", district="011", month=f"{clock.today():%Y-%m}").status_code == 400
    assert ask("rivera", "reports/books", district="011", month="2026-01").status_code == 403


def test_the_entry_of_a_request_is_the_same_from_every_door(busiest, tmp_path, capsys):
    district, month = busiest
    asked = {"district": district, "month": f"{month:%Y-%m}"}
    entries, before = [], log.state().size
    signed_in("chen").post("/figures/books", asked)
    ask("chen", "reports/books", **asked)
    main(["report", "book", *(f"{name}={value}" for name, value in asked.items())], lambda: None)
    main(["book", *asked.values(), "--to", str(tmp_path / "book.pdf")], lambda: None)
    capsys.readouterr()
    for row in Body.objects.using("audit").filter(officer="chen", entry__gte=before):
        held = {name: value.get("value") for name, value in json.loads(row.fields).items()}
        if held.get("report"):
            entries.append((held["report"], {**held["asked"], "to": ""}))
    assert len(entries) >= 4
    assert all(entry == ("book", {**asked, "to": ""}) for entry in entries)


def test_a_month_that_is_not_over_is_no_book():
    with pytest.raises(NotPossible, match="is not over"):
        make_book(chen(), district="011", month=f"{clock.today():%Y-%m}", watermark={})
    with pytest.raises(WrongUsage, match="2026-06"):
        make_book(chen(), district="011", month="June", watermark={})
    with pytest.raises(WrongUsage, match="2026-06"):
        make_book(chen(), district="011", month="9999-12", watermark={})


def test_changes_are_per_cent_of_the_year_before():
    assert Line("", 3, 0, 2, 0, 0).change == "+50 %"
    assert Line("", 1, 0, 2, 0, 0).change == "−50 %"  # noqa: RUF001 - a real minus sign
    assert Line("", 2, 0, 2, 0, 0).change == "±0 %"
    assert Line("", 2, 0, 0, 0, 0).change == "–"  # noqa: RUF001 - a dash


def test_drawings_scale_from_nothing_up_and_the_north_is_up():
    months = [(date(2026, 1, 1), 0), (date(2026, 2, 1), 1234)]
    assert "1,234" in bars(months)
    assert 'height="0.0"' in bars([(date(2026, 1, 1), 0)])
    square = [[-87.7, 41.8], [-87.6, 41.8], [-87.6, 41.9], [-87.7, 41.9], [-87.7, 41.8]]
    beat = BoundaryRow("beat", "1111", "1111", {"type": "Polygon", "coordinates": [square]}, date(2012, 1, 1))
    drawn = beat_map([beat], {"1111": 4})
    west, south = drawn.split('d="M')[1].split(" L")[0].split()
    assert float(west) == 0
    assert float(south) > 100
