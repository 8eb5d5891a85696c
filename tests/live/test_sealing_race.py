"""The small form of the sealing half of `./run bench block`: a busy city, and a person who is sealed ten times."""

import pytest

from bench.databases import on_each

pytestmark = pytest.mark.live


def test_no_answer_tells_of_a_person_after_their_sealing_has_returned():
    rows = on_each("bench.sealing_trials", "small")
    assert rows
    for row in rows:
        assert (row["answers_after_seal"], row["control_failed"]) == (0, 0), row
