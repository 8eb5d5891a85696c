import csv
from datetime import UTC, datetime

import pytest

from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agencies import agency_path, chain, chains, is_within
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.labels import EVERY_LABEL, Label, label_name, united
from openclear.vocabulary.offenses import nibrs_codes, nibrs_of, offense_codes
from openclear.vocabulary.purposes import Purpose, purpose_of

pytestmark = pytest.mark.anywhere


def test_a_chain_runs_from_the_root_to_the_agency():
    assert chain("us.dhs.ice") == ("us", "us.dhs", "us.dhs.ice")
    assert chains(["us.dhs", "us.doj"]) == ("us", "us.dhs", "us.doj")


def test_icecream_does_not_stand_below_ice():
    assert is_within("us.dhs.ice.ero", "us.dhs.ice")
    assert not is_within("us.dhs.icecream", "us.dhs.ice")
    assert not is_within("us.dhs", "us.dhs.ice")


@pytest.mark.parametrize("text", ["", "US", "us..dhs", "us.", ".us", "us dhs", "us.dhs'--", "1us"])
def test_what_is_no_agency_path_is_said_in_one_sentence(text):
    with pytest.raises(WrongUsage, match="is not an agency path"):
        agency_path(text)


def test_every_act_belongs_to_a_data_set_and_is_spelled_object_dot_verb():
    assert all(isinstance(action.dataset, Dataset) for action in Action)
    assert all(action.count(".") == 1 and action == action.lower() for action in Action)


@pytest.mark.parametrize(
    "text", ["criminal-investigation", "Criminal_Investigation", " CRIMINAL INVESTIGATION "]
)
def test_a_purpose_may_be_spelled_in_several_ways(text):
    assert purpose_of(text) is Purpose.CRIMINAL_INVESTIGATION


def test_a_purpose_that_is_not_on_the_list_is_refused_with_the_list():
    with pytest.raises(WrongUsage, match="traffic-stop"):
        purpose_of("just looking")


def test_labels_are_bits_that_do_not_overlap():
    assert EVERY_LABEL.value == 2 ** len(Label) - 1 == 1023
    assert label_name(Label.SEXUAL_ASSAULT) == "sexual-assault"
    assert united([Label.SEALED, Label.GANG]) == Label.SEALED | Label.GANG


def test_times_are_utc_with_hundredths_and_headers_tell_only_the_hour():
    moment = datetime(2019, 7, 10, 15, 4, 5, 678_900, tzinfo=UTC)
    assert clock.stamp(moment) == "2019-07-10T15:04:05.67Z"
    assert clock.hour(moment) == "2019-07-10T15Z"


def test_offense_codes_lead_to_nibrs_codes_that_exist():
    assert len(offense_codes()) >= 100
    assert {code.nibrs for code in offense_codes().values()} <= set(nibrs_codes())
    assert nibrs_of("0110") == "09A"
    assert nibrs_of("9999") == ""


def test_offense_codes_are_codes_of_the_city(data):
    with (data / "chicago" / "iucr_codes.csv").open() as file:
        known = {row["iucr"].zfill(4) for row in csv.DictReader(file)}
    assert set(offense_codes()) <= known
