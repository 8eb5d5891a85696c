"""Each kind of record, sealed and expunged: whatever leaves for later or in bulk, and every role that asks by itself, tells nothing of it."""

import io
from uuid import uuid4

import duckdb
import pytest
from django.apps import apps
from pypdf import PdfReader

from openclear.cli.main import parser
from openclear.delivery import exports, files, jobs, links
from openclear.delivery.models import Export
from openclear.delivery.rules import FORMATS
from openclear.publishing import editions
from openclear.records import models
from openclear.records.changes import note_changes
from openclear.records.kinds import BY_NOUN, KINDS, searched
from openclear.records.property.models import PropertyItem
from openclear.records.record import Record
from openclear.records.sealing import seal
from openclear.release.models import PublishedIncident
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import ask, grant, open_case, signed_in
from tests.records.test_told import READERS, WHEN, WORDS, World, reason

KIND = {str(kind.dataset): kind.noun for kind in KINDS}
ASKED = {
    "people": "vexl",
    "incidents": "777xx n quim",
    "arrests": "CB77712",
    "vehicles": "zqvx",
    "property": "Q9R7",
}
SECRET = {**WORDS, "case": ("quimble affair", "cz-2003-t1")}


@pytest.fixture
def world():
    Export.objects.filter(owner="rivera").delete()  # a day has room for 20
    yield World()
    for table in (models.Case, models.Vehicle, PropertyItem, models.Person, models.Incident):
        table.objects.filter(source="told").delete()
    note_changes([WHEN])


def hide(world, head, how="seal"):
    record = world.cases[1] if head == "case" else getattr(world, head)
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    seal(key, kind=head, record=record.id, court_order="2026 MR 7", how=how)
    return record.id


def test_every_kind_of_record_can_be_sealed_and_declares_what_says_the_same():
    assert [kind.dataset for kind in KINDS] == list(RECORD_DATASETS)
    tables = {table for table in apps.get_app_config("records").get_models() if hasattr(table, "labels")}
    declared = {kind.model for kind in KINDS} | {table for kind in KINDS for table, _ in kind.sealed.rows}
    assert tables == declared, "a table with labels belongs to some kind"
    assert all(issubclass(kind.model, Record) for kind in KINDS)
    for kind in BY_NOUN:
        assert parser().parse_args(["seal", kind, str(uuid4()), "--court-order", "1"]).kind == kind


@pytest.mark.parametrize("head", BY_NOUN)
def test_everything_declared_carries_the_label_and_nothing_else_does(world, head):
    other = World("CZ-2003-U")
    hide(world, head)
    for table, way in ((BY_NOUN[head].model, "pk"), *BY_NOUN[head].sealed.rows):
        for one, label in ((world, Label.SEALED.value), (other, 0)):
            record = one.cases[1] if head == "case" else getattr(one, head)
            labels = table.objects.filter(**{way: record.pk}).values_list("labels", flat=True)
            assert set(labels) <= {label}, table


@pytest.mark.anywhere
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("head", ["person", "incident", "arrest", "vehicle", "property"])
def test_no_column_of_a_file_that_is_made_afterwards_tells_of_it(world, head, format_name):
    gone = hide(world, head)
    for kind, text in ASKED.items():
        key = grant("rivera", searched(kind).list_action, case=open_case())
        row = exports.request_export(key, kind=kind, text=text, filters={}, format_name=format_name)
        jobs.make_export(row.id)
        made = exports.own_export(grant("rivera", Action.EXPORT_KEEP), export=row.id)
        assert made.state == "ready", made.problem
        told = text_of(row.id, format_name).lower()
        assert not [word for word in SECRET[head] if word in told], kind
        assert str(gone) not in told
        if head in {"arrest", "person"} and kind == "incidents" and format_name == "csv":
            assert "true" not in told, "an arrest that was made is not told of"


def text_of(export, format_name):
    path = files.path_of(export)
    if format_name == "parquet":
        return str(duckdb.sql(f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet('{path}')").fetchall())
    if format_name == "csv":
        return path.read_text()
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


@pytest.mark.parametrize("head", ["person", "incident", "arrest", "vehicle", "property"])
def test_a_link_to_it_leads_to_nothing(world, head):
    kind = next(name for name, one in KIND.items() if one == head)
    record = getattr(world, head).id
    link = links.give_link(
        grant("rivera", searched(kind).view_action, case=open_case()), kind=kind, record=record
    )
    hide(world, head)
    client = signed_in("brandt")
    response = client.get(f"/l/{link.id}")
    assert str(record) not in str(response.headers)
    assert response.status_code == 400


@pytest.mark.parametrize("head", BY_NOUN)
def test_an_expunged_record_is_there_for_nobody_not_even_the_records_unit(world, head):
    before = told_by_the_api("rivera", world)
    assert [word for word in SECRET[head] if word in before]
    gone = hide(world, head, how="expunge")
    for who in (*READERS, "osei", "whitfield", "quill", "lund"):
        told = told_by_the_api(who, world)
        words = [word for word in SECRET[head] if word in told]
        assert not words or (words == ["arrestee"] and str(world.person.id) not in told), who
        assert str(gone) not in told


def told_by_the_api(who, world):
    around = zip(
        KIND,
        (world.person, world.incident, world.arrest, world.vehicle, world.property, world.cases[1]),
        strict=True,
    )
    said = [ask(who, f"{kind}/{row.id}", **reason(who)) for kind, row in around]
    said += [ask(who, kind, q=text, **reason(who)) for kind, text in ASKED.items()]
    said.append(ask(who, "cases", limit="200"))
    return " ".join(response.content.decode().lower() for response in said)


@pytest.mark.usefixtures("world")
def test_the_public_edition_made_afterwards_tells_neither_of_the_incident_nor_of_the_arrest():
    """Three alike, so that the cell is told of; one of them arrested."""
    key = grant("publisher", Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE)
    for place in range(3):
        World(f"CZ-2003-V{place}")
    models.Incident.objects.filter(source="told").update(community_area=32)
    editions.refresh_editions(key)
    arrests = {row.arrest for row in PublishedIncident.objects.filter(primary_type="QUIMBLE")}
    assert arrests == {True}, "the edition tells of them first"
    for arrest in models.Arrest.objects.filter(source="told"):
        seal(
            grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE),
            kind="arrest",
            record=arrest.id,
            court_order="1",
        )
    editions.refresh_editions(key)
    assert {row.arrest for row in PublishedIncident.objects.filter(primary_type="QUIMBLE")} <= {False}
    for incident in models.Incident.objects.filter(source="told"):
        seal(
            grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE),
            kind="incident",
            record=incident.id,
            court_order="1",
        )
    editions.refresh_editions(key)
    assert not PublishedIncident.objects.filter(primary_type="QUIMBLE").exists()
