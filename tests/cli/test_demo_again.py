"""A demonstration that is started again: it goes on where it was, whatever was done in it."""

from datetime import timedelta

import pytest

from openclear.access.gate.requesters import requester_at
from openclear.access.models import Officer
from openclear.cli.city.demonstration import register_cast
from openclear.sources.synthetic.cast import CERTIFIED_UNTIL
from openclear.vocabulary import clock
from tests.cast import cut_off, lift

pytestmark = pytest.mark.anywhere


def in_three_months():
    """The accounts of the city as they are when a year is nearly over."""
    Officer.objects.update(certified_until=clock.today() + timedelta(days=90))
    requester_at.cache_clear()


@pytest.fixture(autouse=True)
def _as_before():
    before = list(Officer.objects.values("handle", "certified_until", "is_active"))
    yield
    for row in before:
        Officer.objects.filter(handle=row["handle"]).update(**row)
    requester_at.cache_clear()


@pytest.mark.parametrize("agency", ["", "us.dhs.ice"])
def test_every_account_is_certified_anew_also_under_an_order_and_oversight_by_itself(agency):
    order = cut_off(agency).order if agency else ""
    try:
        in_three_months()
        register_cast()
        handles = ["rivera", "ives", "okafor", "novak", "adler", "importer"]
        renewed = Officer.objects.filter(handle__in=handles).values_list("certified_until", flat=True)
        assert set(renewed) == {CERTIFIED_UNTIL}
    finally:
        if order:
            lift(order)


@pytest.mark.parametrize("handle", ["okafor", "frost"])
def test_a_disabled_account_is_left_alone(handle):
    Officer.objects.filter(handle=handle).update(is_active=False)
    in_three_months()
    register_cast()
    assert Officer.objects.get(handle=handle).certified_until < CERTIFIED_UNTIL
    assert Officer.objects.get(handle="rivera").certified_until == CERTIFIED_UNTIL


def test_it_starts_also_without_whoever_keeps_its_accounts_and_says_so(capsys):
    Officer.objects.filter(handle="novak").update(is_active=False)
    in_three_months()
    register_cast()
    said = capsys.readouterr().err
    assert "rivera" in said
    assert "The account is disabled." in said


def test_on_the_same_day_nothing_is_written():
    from openclear.audit import log

    register_cast()
    size = log.state().size
    register_cast()
    assert log.state().size == size
