"""A city from before the tables of handling labels: what becomes of its records, its arrests and its public editions."""

import json
from datetime import datetime, timedelta

import pytest

from openclear.access.models import Officer
from openclear.audit.models import Body, Entry
from openclear.cli.main import main
from openclear.cli.start import label_and_say
from openclear.publishing import editions
from openclear.records import labelling
from openclear.records.changed import CHICAGO, mark, month_of
from openclear.records.models import Arrest, Charge, Incident, Involvement, LabelTable, Offense, Person
from openclear.release.models import Edition, PublishedIncident
from openclear.vocabulary import clock
from openclear.vocabulary.handling import offense_table
from openclear.vocabulary.labels import Label
from tests.cast import ask, grant
from tests.publishing.test_editions import publisher

BLOCK = "077XX S BEFORE ST"
CHILD = (Label.JUVENILE | Label.SEXUAL_ASSAULT | Label.DOMESTIC).value
MONTH = datetime(2026, 2, 1, tzinfo=CHICAGO)
AREAS, EACH = (8, 25, 32), 12
_OLD = "iucr,primary_type,labels,reason\n0460,BATTERY,victim domestic,as it was\n"


@pytest.fixture
def older():
    """Thirty-six assaults of children by family members, and an arrest, as the version before brought them in: unlabelled."""
    person = Person.objects.filter(labels=0).first()
    for number in range(len(AREAS) * EACH):
        facts = {"source": "older", "source_id": str(number), "labels": 0}
        incident = Incident.objects.create(
            **facts, rd_number=f"LB{number:06d}", occurred=MONTH + timedelta(days=number % 20, hours=13), block=BLOCK,
            community_area=AREAS[number % 3], latitude=41.75, longitude=-87.65,
        )  # fmt: skip
        Offense.objects.create(
            **facts, incident=incident, iucr="1753", primary_type="OFFENSE INVOLVING CHILDREN",
            description="SEXUAL ASSAULT OF CHILD BY FAMILY MEMBER",
        )  # fmt: skip
    arrest = Arrest.objects.create(
        **facts, incident=incident, person=person, cb_number="CB1", made=MONTH + timedelta(days=2)
    )
    Charge.objects.create(
        **facts, arrest=arrest, statute="720 ILCS 5/11-1.30", description="sexual assault of a child"
    )
    Involvement.objects.create(**facts, incident=incident, person=person, role="arrestee")
    LabelTable.objects.all().delete()
    mark([MONTH])
    editions.refresh_editions(publisher())
    yield Incident.objects.filter(source="older")
    Incident.objects.filter(source="older").delete()
    mark([MONTH])
    if not labelling.is_labelled():
        labelling.keep_tables()
    editions.refresh_editions(publisher())


def told():
    return PublishedIncident.objects.filter(block=BLOCK)


def rows_of(model):
    return set(model.objects.filter(source="older").values_list("labels", flat=True))


def test_children_leave_the_public_tables_at_the_start_and_it_says_how_many(older, capsys):
    assert told().count() == older.count(), "this is what stood there until now"
    edition = Edition.objects.get(month=MONTH.date(), withdrawn=None)
    label_and_say()
    said = capsys.readouterr().out
    assert f"{older.count()} incidents were labelled anew" in said
    assert "1 public editions that told of them are withdrawn" in said
    assert {row for model in (Incident, Offense, Arrest, Charge, Involvement) for row in rows_of(model)} == {
        CHILD
    }
    assert not told().exists()
    assert Edition.objects.get(pk=edition.pk).withdrawn
    assert not (editions.settings.EDITIONS_FOLDER / str(edition)).exists()
    assert editions.refresh_editions(publisher()) == [f"{edition.month:%Y-%m}.{edition.revision + 1}"]
    assert not told().exists()
    label_and_say()
    assert capsys.readouterr().out == "", "the next start has nothing to do"


def test_partners_find_them_no_more(older):
    asked = {"q": "LB000003", "purpose": "criminal-investigation"}
    assert ask("hale", "incidents", **asked).json()["count"] == 1
    label_and_say()
    assert ask("hale", "incidents", **asked).json()["count"] == 0
    assert ask("rivera", "incidents", **asked).json()["count"] == 1


def test_the_log_tells_of_it_before_and_after(older):
    label_and_say()
    newest = Entry.objects.using("audit").order_by("-index").values_list("index", flat=True)[:30]
    bodies = [
        json.loads(bytes(row.body)) for row in Body.objects.using("audit").filter(index__in=list(newest))
    ]
    facts = [field for body in bodies for field in json.dumps(body).split() if field]
    assert any("offense_tables" in field for field in facts)


def test_what_a_crash_broke_off_is_done_at_the_next_start(older, monkeypatch, capsys):
    class PowerLossError(BaseException):
        pass

    def crash():
        raise PowerLossError

    for step in ("keep_tables", "withdraw_changed"):
        with monkeypatch.context() as broken:
            broken.setattr(f"openclear.cli.start.{step}", lambda *_: crash())
            with pytest.raises(PowerLossError):
                label_and_say()
        assert not labelling.is_labelled()
    label_and_say()
    assert labelling.is_labelled()
    assert rows_of(Incident) == {CHILD}
    assert not told().exists()


def test_where_the_publisher_is_refused_rows_are_labelled_and_it_is_tried_again(older, capsys, caplog):
    good = Officer.objects.get(handle="publisher").certified_until
    Officer.objects.filter(handle="publisher").update(certified_until=clock.today() - timedelta(days=1))
    try:
        label_and_say()
    finally:
        Officer.objects.filter(handle="publisher").update(certified_until=good)
    assert "no edition was withdrawn" in capsys.readouterr().out
    assert "not withdrawn" in caplog.text
    assert rows_of(Incident) == {CHILD}
    assert not labelling.is_labelled()
    label_and_say()
    assert not told().exists()


def test_a_label_that_the_new_tables_do_not_give_goes_and_every_other_stays(older):
    """A code was handled as the most sensitive until a person decided: what a court and a person's own row say stays."""
    incident = older.last()
    own = Label.SEALED | Label.VICTIM | Label.DOMESTIC
    Offense.objects.filter(incident=incident).update(
        iucr="0460", primary_type="BATTERY", description="SIMPLE", labels=own.value
    )
    Incident.objects.filter(pk=incident.pk).update(labels=own.value)
    Involvement.objects.filter(incident=incident).update(role="victim", labels=own.value)
    Arrest.objects.filter(incident=incident).update(labels=own.value)
    LabelTable.objects.create(codes=_OLD, wordings=offense_table().texts[1])
    labelling.label_again()
    assert Incident.objects.get(pk=incident.pk).labels == Label.SEALED
    assert Offense.objects.get(incident=incident).labels == Label.SEALED
    assert Arrest.objects.get(incident=incident).labels == Label.SEALED
    assert Involvement.objects.get(incident=incident).labels == Label.SEALED | Label.VICTIM
    Incident.objects.filter(pk=incident.pk).update(labels=own.value, domestic=True)
    labelling.label_again()
    assert Incident.objects.get(pk=incident.pk).labels == Label.SEALED | Label.DOMESTIC


def test_an_offense_that_nobody_decided_is_listed_with_what_it_is_handled_as(older, capsys):
    Offense.objects.filter(incident__in=older).update(
        iucr="0999", primary_type="BATTERY", description="WITH A FISH"
    )
    assert main(["labels", "list", "--json"], lambda: None) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {
        "iucr": "0999", "primary_type": "BATTERY", "description": "WITH A FISH", "offenses": older.count(),
        "labels": ["juvenile", "victim", "domestic"],
    } in listed  # fmt: skip
    assert main(["labels", "list"], lambda: None) == 0
    assert "0999  BATTERY: WITH A FISH  36  juvenile victim domestic" in capsys.readouterr().out
    assert main(["labels", "apply"], lambda: None) == 0
    assert "Everything here is labelled" in capsys.readouterr().out
    assert rows_of(Incident) == {(Label.JUVENILE | Label.VICTIM | Label.DOMESTIC).value}


def test_the_months_of_what_changed_are_made_anew(older):
    from openclear.records.changed import changed_months

    label_and_say()
    key = grant("publisher", editions.Action.EDITION_MAKE, publisher().purpose)
    assert month_of(MONTH) in changed_months(key, reader="publishing")
