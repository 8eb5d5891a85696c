"""Addresses as residents type them, and the names of blocks as a city writes them."""

import pytest

from openclear.citizen.addresses import Street, readings
from openclear.vocabulary.blocks import beginnings, faulty_form, number_of, street_of
from openclear.vocabulary.city import city

pytestmark = pytest.mark.anywhere
PLACES = ("IL", "Chicago")


@pytest.mark.parametrize(
    ("text", "number", "street"),
    [
        ("4721 S ASHLAND AVE", 4721, "S ASHLAND AVE"),
        ("4721 South Ashland Avenue", 4721, "S ASHLAND AVE"),
        ("4721 s. ashland ave., apt 3b", 4721, "S ASHLAND AVE"),
        ("4721 S Ashland Ave #3", 4721, "S ASHLAND AVE"),
        ("4721 S Ashland Ave Unit 3", 4721, "S ASHLAND AVE"),
        ("4721, S Ashland Ave", 4721, "S ASHLAND AVE"),
        ("4721-4725 S Ashland Ave", 4721, "S ASHLAND AVE"),
        ("4721A S Ashland Ave", 4721, "S ASHLAND AVE"),
        ("4721 1/2 S Ashland Ave", 4721, "S ASHLAND AVE"),
        ("4721 S Ashland Ave, Chicago, IL 60609", 4721, "S ASHLAND AVE"),
        ("047XX S ASHLAND AVE", 4700, "S ASHLAND AVE"),
        ("47XX S Ashland Ave", 4700, "S ASHLAND AVE"),
        ("4700 block of S Ashland Ave", 4700, "S ASHLAND AVE"),
        ("4 N State St", 4, "N STATE ST"),
        ("12 Floor St", 12, "FLOOR ST"),
        ("300 W 79th Street", 300, "W 79TH ST"),
        ("300 O\u2019Neill Ct", 300, "ONEILL CT"),
    ],
)
def test_an_address_is_a_house_number_and_a_street(text, number, street):
    first = readings(text, places=PLACES)[0]
    assert (first.number, first.name) == (number, street)


@pytest.mark.parametrize("text", ["Ashland", "79th", "79th St", "4721", "W 79th St and more"])
def test_a_street_without_a_number_has_none(text):
    assert [street.number for street in readings(text)] == [None]


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_nothing_is_asked_by_nothing(text):
    assert readings(text) == []


def test_what_follows_the_street_is_left_out_second():
    found = readings("4721 S Ashland Ave Chicago IL 60609", places=PLACES)
    assert found[1] == Street(4721, ("S", "ASHLAND", "AVE"))
    assert readings("800 W Chicago Ave", places=PLACES)[0] == Street(800, ("W", "CHICAGO", "AVE"))


def test_the_city_that_ships_writes_its_blocks():
    formats = city().formats
    assert beginnings(formats.block_forms, 4721)[0] == "047XX "
    assert beginnings(formats.block_forms, 4) == ("000XX ", "0000X ")
    assert street_of("047XX S ASHLAND AVE", formats.block) == "S ASHLAND AVE"
    assert street_of("4721 S ASHLAND AVE", formats.block) == ""
    assert (number_of("047XX S ASHLAND AVE"), number_of("0000X S COLUMBUS DR"), number_of("X")) == (
        4700,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("XX ", "writes no house number"),
        ("{number}XX ", "writes no house number"),
        ("{hundreds.real}XX ", "writes no house number"),
        ("{hundreds", "writes no house number"),
        ("{hundreds:q}XX ", "writes no house number"),
        ("{}XX ", "writes no house number"),
        ("{hundreds}XX ", "which formats.block does not match"),
        ("{hundreds:03}XX S ", "which formats.block does not match"),
        ("{hundreds:03}XX ", ""),
    ],
)
def test_a_form_that_writes_no_block_is_said(form, sentence):
    assert sentence in faulty_form([form], r"\d{3}[\dX]X ")
    assert bool(sentence) == bool(faulty_form([form], r"\d{3}[\dX]X "))
