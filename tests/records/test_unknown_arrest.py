"""An incident whose source does not say whether an arrest was made is neither "yes" nor "no", everywhere."""

from datetime import date

import pytest

from openclear.publishing.editions import _incidents
from openclear.records.incidents.models import Incident, Offense
from openclear.records.models import ChangedMonth
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, grant, open_case, signed_in

MONTH = date(2003, 3, 1)


@pytest.fixture
def unknown():
    """Three incidents of one block: an arrest, none, and nothing said."""
    marks = set(ChangedMonth.objects.values_list("pk", flat=True))
    made = {}
    for said in (True, False, None):
        made[said] = Incident.objects.create(
            source="unsaid", source_id=str(said), rd_number=f"HJ90000{len(made)}", block="009XX N UNSAID ST", beat="0111", district="001",
            community_area=32, occurred=clock.now().replace(year=2003, month=3, day=5), arrest_made=said, labels=0,
        )  # fmt: skip
        Offense.objects.create(
            source="unsaid",
            source_id=str(said),
            incident=made[said],
            primary_type="THEFT",
            description="UNSAID",
            iucr="0820",
            labels=0,
        )
    yield made
    Incident.objects.filter(source="unsaid").delete()
    ChangedMonth.objects.exclude(pk__in=marks).delete()


def found(**filters):
    asked = {"q": "009XX N UNSAID ST", "purpose": CRIME, "case": open_case()} | filters
    return {
        row["rd_number"]: row["arrest_made"] for row in ask("rivera", "incidents", **asked).json()["results"]
    }


@pytest.mark.usefixtures("unknown")
def test_a_list_and_its_filter_tell_three_answers():
    assert found() == {"HJ900000": True, "HJ900001": False, "HJ900002": None}
    assert found(arrest_made="true") == {"HJ900000": True}
    assert found(arrest_made="false") == {"HJ900001": False}


def test_the_page_says_that_it_is_not_known(unknown):
    why = {"purpose": CRIME, "case": open_case()}
    page = signed_in("rivera").get(f"/incidents/{unknown[None].id}", why).content.decode()
    assert "<dt>Arrest made</dt><dd>not known</dd>" in page
    page = signed_in("rivera").get(f"/incidents/{unknown[False].id}", why).content.decode()
    assert "<dt>Arrest made</dt><dd>no</dd>" in page


@pytest.mark.usefixtures("unknown")
def test_figures_and_editions_read_it_as_not_known():
    key = grant("publisher", Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE)
    told = [row.arrest for row in _incidents(key, MONTH) if row.block == "009XX N UNSAID ST"]
    assert sorted(told, key=str) == [False, None, True]
