"""What leaves is decided again under the orders of that moment, and no browser keeps it."""

import pytest

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.vocabulary.actions import Action
from tests.cast import CRIME, cut_off, lift, open_case

pytestmark = pytest.mark.anywhere


def test_the_order_that_comes_between_says_that_it_is_the_order():
    from django.http import HttpResponse

    key = gate.open_for("ives", Action.PERSON_SEARCH, purpose=CRIME, case=open_case())
    receipt = cut_off("us.dhs.ice")
    try:
        with pytest.raises(Refused) as refused:
            key.release(HttpResponse("a name"))
        assert refused.value.verdict.rule_ids == (f"cut-off:{receipt.order}",)
    finally:
        lift("us.dhs.ice")


def test_no_answer_may_be_kept_by_a_browser():
    from tests.cast import search, signed_in

    client = signed_in("frost")
    for answer in (
        client.get("/"),
        client.get("/saved"),
        client.get("/no/such"),
        search("frost", "garcia"),
        search("frost", "garcia", purpose="zz"),
    ):
        assert answer.headers["Cache-Control"] == "no-store", answer.status_code
