"""A city from before the tables of handling labels: what becomes of its records, its arrests and its public editions."""

import json
from datetime import datetime, timedelta

import pytest

from openclear.access.registry import lifecycle
from openclear.audit.models import Body
from openclear.audit.queries import verify
from openclear.cli.main import main
from openclear.operations.start import label_and_say
from openclear.publishing import editions
from openclear.records import labelling
from openclear.records.arrests.models import Arrest, Charge
from openclear.records.changes import month_of, note_changes
from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.models import LabelTable
from openclear.records.people.models import Person
from openclear.release.models import Edition, PublishedIncident
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.handling import offense_table
from openclear.vocabulary.labels import Label
from tests.cast import ADMINISTRATION, ask, grant
from tests.publishing.test_editions import publisher

BLOCK = "077XX S BEFORE ST"
CHILD = (Label.JUVENILE | Label.SEXUAL_ASSAULT | Label.DOMESTIC).value
# A month of its own for each story: a later revision of one tells less.
MONTHS = iter(datetime(year, 2, 1, tzinfo=city().zone) for year in range(1980, 2000))
ASSAULT = ("1753", "OFFENSE INVOLVING CHILDREN", "SEXUAL ASSAULT OF CHILD BY FAMILY MEMBER")
AREAS, EACH = (8, 25, 32), 12
_OLD = "code,primary_type,labels,reason\n0460,BATTERY,victim domestic,as it was\n"


@pytest.fixture
def older():
    """Thirty-six assaults of children by family members, and an arrest, as the version before brought them in: unlabelled."""
    month, person = next(MONTHS), Person.objects.filter(labels=0).first()
    for number in range(len(AREAS) * EACH):
        _bring("other", number, month, "0820", "THEFT", "$500 AND UNDER")
        incident = _bring("older", number, month, *ASSAULT)
    facts = {"source": "older", "source_id": "1", "labels": 0}
    arrest = Arrest.objects.create(
        **facts, incident=incident, person=person, cb_number="CB1", made=month + timedelta(days=2)
    )
    Charge.objects.create(
        **facts, arrest=arrest, statute="720 ILCS 5/11-1.30", description="sexual assault of a child"
    )
    Involvement.objects.create(**facts, incident=incident, person=person, role="arrestee")
    LabelTable.objects.all().delete()
    note_changes([month])
    editions.refresh_editions(publisher())
    yield Incident.objects.filter(source="older").order_by("rd_number")
    Incident.objects.filter(source__in=("older", "other")).delete()
    note_changes([month])
    if not labelling.is_labelled():
        labelling.keep_tables()
    editions.refresh_editions(publisher())


def _bring(source, number, month, *offense):
    facts = {"source": source, "source_id": str(number), "labels": 0}
    incident = Incident.objects.create(
        **facts, rd_number=f"{'LB' if source == 'older' else 'TH'}{number:06d}",
        block=BLOCK if source == "older" else "078XX S BEFORE ST",
        occurred=month + timedelta(days=number % 20, hours=13), community_area=AREAS[number % 3], latitude=41.75, longitude=-87.65,
    )  # fmt: skip
    code, kind, words = offense
    Offense.objects.create(**facts, incident=incident, iucr=code, primary_type=kind, description=words)
    return incident


def told():
    return PublishedIncident.objects.filter(block=BLOCK)


def rows_of(model):
    return set(model.objects.filter(source="older").values_list("labels", flat=True))


def test_children_leave_the_public_tables_at_the_start_and_it_says_how_many(older, capsys):
    assert told().count() == older.count(), "this is what stood there until now"
    edition = told().first().edition
    label_and_say()
    said = capsys.readouterr().out
    assert f"{older.count()} incidents were relabeled" in said
    assert "1 public editions with them are withdrawn" in said
    assert {row for model in (Incident, Offense, Arrest, Charge, Involvement) for row in rows_of(model)} == {
        CHILD
    }
    assert not told().exists()
    assert Edition.objects.get(pk=edition.pk).withdrawn
    assert not (editions.settings.EDITIONS_FOLDER / str(edition)).exists()
    assert editions.refresh_editions(publisher()) == [f"{edition.month:%Y-%m}.{edition.revision + 1}"]
    assert not told().exists()
    assert PublishedIncident.objects.filter(block="078XX S BEFORE ST").count() == older.count()
    label_and_say()
    assert capsys.readouterr().out == "", "the next start has nothing to do"


def test_partners_find_them_no_more(older):
    asked = {"q": "LB000003", "purpose": "criminal-investigation"}
    assert ask("hale", "incidents", **asked).json()["count"] == 1
    label_and_say()
    assert ask("hale", "incidents", **asked).json()["count"] == 0, older
    assert ask("rivera", "incidents", **asked).json()["count"] == 1


def test_the_log_tells_of_it_before_and_after(older):
    size = Body.objects.using("audit").count()
    label_and_say()
    bodies = [row.fields for row in Body.objects.using("audit").order_by("entry")[size:]]
    begun, done = (body for body in bodies if "offense_tables" in body)
    assert "begun" in begun
    assert "done" in done
    assert str(older.count()) in done
    assert verify().ok


def test_what_a_crash_broke_off_is_done_at_the_next_start(older, monkeypatch):
    class PowerLossError(BaseException):
        pass

    def crash():
        raise PowerLossError

    for step in ("keep_tables", "withdraw_changed"):
        with monkeypatch.context() as broken:
            broken.setattr(f"openclear.operations.start.{step}", lambda *_: crash())
            with pytest.raises(PowerLossError):
                label_and_say()
        assert not labelling.is_labelled()
    label_and_say()
    assert labelling.is_labelled()
    assert set(older.values_list("labels", flat=True)) == {CHILD}
    assert not told().exists()


def test_where_the_publisher_is_refused_rows_are_labelled_and_it_is_tried_again(older, capsys, caplog):
    first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    lifecycle.disable(first, handle="publisher", reason="idle", approval=second)
    try:
        label_and_say()
    finally:
        first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
        lifecycle.reinstate(first, approval=second, handle="publisher")
    assert "no edition was withdrawn" in capsys.readouterr().out
    assert "not withdrawn" in caplog.text
    assert set(older.values_list("labels", flat=True)) == {CHILD}
    assert not labelling.is_labelled()
    label_and_say()
    assert not told().exists()


def test_a_label_that_the_new_tables_do_not_give_goes_and_every_other_stays(older):
    """A code was handled as the most sensitive until a person decided: what a court and a person's own row say stays."""
    incident = older.get(arrests__cb_number="CB1")
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
        iucr="0999", primary_type="BATTERY", description="WITH A LADDER"
    )
    assert main(["labels", "list", "--json"], lambda: None) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {
        "iucr": "0999", "primary_type": "BATTERY", "description": "WITH A LADDER", "offenses": older.count(),
        "labels": ["juvenile", "victim", "domestic"],
    } in listed  # fmt: skip
    assert main(["labels", "list"], lambda: None) == 0
    assert "0999  BATTERY: WITH A LADDER  36  juvenile victim domestic" in capsys.readouterr().out
    assert main(["labels", "apply"], lambda: None) == 0
    assert "All records are labeled" in capsys.readouterr().out
    assert rows_of(Incident) == {(Label.JUVENILE | Label.VICTIM | Label.DOMESTIC).value}


def test_figures_of_what_changed_are_made_anew(older):
    from openclear.records.changes import changed_months

    label_and_say()
    month = month_of(older.first().occurred)
    assert month in changed_months(publisher(), reader="publishing")
    assert month in changed_months(publisher(), reader="analysis")
