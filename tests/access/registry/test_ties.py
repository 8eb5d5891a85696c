"""A tie of a person to an agency never begins on a day to come."""

from datetime import timedelta

import pytest

from openclear.access.registry import ties
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, grant

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def test_no_tie_begins_on_a_day_to_come():
    with pytest.raises(NotPossible, match="today or earlier"):
        ties.affiliate(
            key(),
            handle="adler",
            agency="us.doj.usms",
            kind="detail",
            since=clock.today() + timedelta(days=1),
        )
