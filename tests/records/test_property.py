"""Property tells of nobody and nothing that incident and person do not tell of for the same reader."""

import pytest

from openclear.delivery import exports, jobs, links
from openclear.delivery.models import Export, Link
from openclear.records.incidents.models import Incident, Involvement
from openclear.records.kinds import SEARCHED
from openclear.records.labelling import Change, _carry_out
from openclear.records.property.models import PropertyItem
from openclear.search.stream import every_row, ids_found
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.purposes import POLICE_WORK
from openclear.vocabulary.states import SavedStatus
from tests.cast import ask, grant, open_case
from tests.records.test_told import hide, reason, world

pytestmark = pytest.mark.anywhere
__all__ = ["world"]


def owner_of(who, item, **why):
    answer = ask(who, f"property/{item.id}", **why)
    return answer.json()["result"]["owner"] if answer.status_code == 200 else None


@pytest.mark.parametrize("who", ["rivera", "marsh", "frost"])
@pytest.mark.parametrize("purpose", POLICE_WORK)
def test_an_item_names_nobody_whom_the_page_of_its_incident_does_not_name(who, purpose):
    part = Involvement.objects.filter(role="victim", incident__labels=0, person__labels=0)
    item = PropertyItem.objects.filter(incident__in=part.values("incident")).order_by("id").first()
    why = {"purpose": str(purpose), "case": open_case()}
    incident = ask(who, f"incidents/{item.incident_id}", **why)
    named = {one[0] for one in incident.json()["result"]["people"]} if incident.status_code == 200 else set()
    owner = owner_of(who, item, **why)
    assert owner is None or owner[0] in named


def test_an_officer_who_investigates_sees_whose_it_is(world):
    assert owner_of("rivera", world.property, **reason("rivera"))[1] == "Quorbert Vexlington"


@pytest.mark.parametrize("head", ["arrest", "person"])
def test_a_sealed_arrest_is_not_told_by_whose_the_item_is(world, head):
    hide(world, head)
    assert owner_of("rivera", world.property, **reason("rivera")) is None
    found = ask("rivera", "property", q="Q9R77", **reason("rivera")).json()
    assert [row["description"] for row in found["results"]] == ["Qwozzle"]


def test_what_was_kept_of_an_item_ends_with_the_sealing_of_its_incident(world):
    Export.objects.filter(owner="rivera").delete()  # a day has room for 20
    key = grant("rivera", SEARCHED["property"].list_action, case=open_case())
    export = exports.request_export(key, kind="property", text="Q9R77", filters={}, format_name="csv")
    jobs.make_export(export.id)
    seen = grant("rivera", SEARCHED["property"].view_action, case=open_case())
    link = links.give_link(seen, kind="property", record=world.property.id)
    hide(world, "incident")
    assert Export.objects.get(pk=export.id).state == SavedStatus.ENDED
    assert Link.objects.get(pk=link.id).state == SavedStatus.ENDED


def test_an_item_is_there_only_with_its_incident(world):
    Incident.objects.filter(pk=world.incident.pk).update(labels=Label.SEXUAL_ASSAULT.value)
    assert ask("frost", f"property/{world.property.id}", **reason("frost")).status_code == 404
    assert ask("frost", "property", q="Q9R77", **reason("frost")).json()["count"] == 0


def test_what_an_incident_is_called_anew_its_items_are_too(world):
    _carry_out(Change(Label.DOMESTIC, NO_LABEL), [world.incident.id])
    assert PropertyItem.objects.get(pk=world.property.pk).labels == Label.DOMESTIC.value
    _carry_out(Change(NO_LABEL, Label.DOMESTIC), [world.incident.id])
    assert PropertyItem.objects.get(pk=world.property.pk).labels == 0


@pytest.mark.parametrize("kind", SEARCHED)
def test_a_text_in_which_nothing_can_be_found_is_no_search_for_everything(kind):
    key = grant("rivera", SEARCHED[kind].list_action, case=open_case())
    assert ids_found(key, kind=kind, text=" --- ", most=5) == []
    assert not list(every_row(key, kind=kind, text="---", filters={}))
