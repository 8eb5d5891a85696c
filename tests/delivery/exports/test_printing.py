"""PDF with any characters: what no font has is printed as a replacement, and that is told on the page and with the export."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from openclear.audit.models import Entry
from openclear.delivery import exports
from openclear.delivery.files import path_of
from openclear.delivery.printing import REPLACEMENT, printed
from openclear.oversight.packet import as_pdf
from openclear.records.incidents.models import Incident
from openclear.vocabulary.actions import Action
from tests.cast import grant, signed_in
from tests.delivery.test_kept import ask_export, made

PAGES = b"""
#let facts = json(bytes(sys.inputs.facts))
#set document(title: "Test")
#facts.text
#facts.replaced
"""


def text_of(data):
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(pages.split())


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "text", ["José Peña", "Łódź", "Ангел", "plain", "", "a\u00a0b", "a\u2011b", "a\tb\nc", "“quoted” — dash…"]
)
def test_what_the_fonts_have_is_printed_as_it_is(text):
    assert printed(PAGES, {"text": text})[1] == ""


@pytest.mark.anywhere
@pytest.mark.parametrize("text", ["a\x07b", "a\x00b", "a\ud800b", "a\x1b[2Jb", "a\x85b"])
def test_a_character_that_cannot_be_printed_is_replaced_and_told(text):
    data, told = printed(PAGES, {"text": text})
    assert told.startswith("Characters that no font here has are printed as")
    assert f"U+{ord(text[1]):04X}" in told
    assert f"a{REPLACEMENT}" in text_of(data)
    assert "an export to CSV has them" in text_of(data)


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "text", ["王小明", "김민준", "สมชาย", "田中さくら", "राम", "محمد", "😀", "𒀀", "a\u200db", "\u202ea"]
)
def test_names_in_any_script_are_printed_or_replaced_and_told(text):
    data, told = printed(PAGES, {"text": text})
    assert data.startswith(b"%PDF-")
    assert (REPLACEMENT in text_of(data)) == bool(told)


@pytest.mark.anywhere
@settings(max_examples=60)
@given(
    st.text(max_size=40),
    st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5), max_size=3), max_size=3),
)
def test_any_text_becomes_a_pdf(text, more):
    assert printed(PAGES, {"text": text, "more": more})[0].startswith(b"%PDF-")


def test_an_export_with_a_control_character_is_made_and_says_what_was_replaced():
    incident = Incident.objects.filter(labels=0).order_by("-occurred").first()
    place = incident.location
    Incident.objects.filter(pk=incident.pk).update(location="GA\x07TE")
    try:
        row = made(ask_export("frost", "incidents", incident.rd_number, "pdf"))
        assert row.state == "ready", row.problem
        assert "Characters that no font here has are printed as" in row.problem
        assert "U+0007" in row.problem
        page = text_of(path_of(row.id).read_bytes())
        assert "U+0007" in page
        newest = Entry.objects.using("audit").order_by("-index").first()
        assert json.loads(bytes(newest.header))["kind"] == "outcome"
        shown = exports.own_export(grant("frost", Action.EXPORT_KEEP), export=row.id)
        assert shown.problem == row.problem
        assert "U+0007" in signed_in("frost").get("/saved").content.decode()
    finally:
        Incident.objects.filter(pk=incident.pk).update(location=place)


@pytest.mark.anywhere
def test_the_packet_of_an_order_is_printed_with_any_text():
    facts = {
        "order": {"id": "o-1", "agency": "us.dhs", "legal_ground": "命令\x07", "state": "in force", "scope": "-", "purposes": "-", "also_holds_over": [], "states": []},
        "plan": {}, "told_beforehand": [], "receipts": [], "proves": ["x"], "does_not_cover": ["y"], "demonstration": True, "made": "now",
        "certificate": {"log_is_whole": True, "entries": 1, "agency": "us.dhs", "counts": {"allowed": 0, "refused": 0, "allowed_under_order": 0, "refused_under_order": 0}, "checkpoint": "c"},
    }  # fmt: skip
    assert "U+0007" in text_of(as_pdf(facts))


@pytest.mark.anywhere
def test_a_spreadsheet_reads_the_accents_of_an_export():
    row = made(ask_export("frost"))
    assert path_of(row.id).read_bytes().startswith(b"\xef\xbb\xbfid,")
    answer = signed_in("chen").get("/figures/table.csv", {"by": "month"})
    assert answer.content.startswith(b"\xef\xbb\xbf# unit")
