"""A demonstration of the size that was asked for, also where that is nothing."""

import json

import pytest

from openclear.vocabulary import clock
from tests.live.city import City

pytestmark = pytest.mark.live


def test_a_city_of_no_incidents_has_none_and_answers(tmp_path):
    city = City(tmp_path / "city")
    try:
        city.run("demo", "--no-serve", "--people", "20", "--incidents", "0")
        told = city.run("figures", "--by", "month", "--json").splitlines()[-1]
        assert str(clock.today().year) not in json.dumps(json.loads(told).get("rows", []))
        city.run("demo", "--no-serve", "--people", "20", "--incidents", "0")
    finally:
        city.stop()


def test_sizes_that_are_none_are_wrong_usage(tmp_path):
    city = City(tmp_path / "city")
    try:
        for wrong in (("--incidents", "-5"), ("--people", "many"), ("--people", "0", "--incidents", "5")):
            city.run("demo", "--no-serve", *wrong, code=2)
    finally:
        city.stop()
