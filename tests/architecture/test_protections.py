"""The list that `python -m tests.protections` takes out, one by one, has all of docs/bypasses.md and is not rotten."""

import xml.etree.ElementTree as ET

import pytest

from tests.protections import protection
from tests.protections.__main__ import ALL, ERROR, GOOD, _verdict

pytestmark = pytest.mark.anywhere
DOOR = "access/gate/door.py"


def test_every_test_of_a_route_back_has_a_protection_that_is_taken_out():
    assert protection.without_protection(ALL) == []
    assert protection.without_protection([*ALL[1:], protection.protection(9, "x", "test_x")]) == [
        ("9", "test_x")
    ], "the first test has more than one"


def test_what_is_taken_out_stands_in_the_source_exactly_once():
    assert protection.faults(ALL) == []
    for change in ((DOOR, "no such text", ""), (DOOR, "import", ""), ("access/no.py", "x", "")):
        assert len(protection.faults([protection.protection(1, "rotten", "test_x", change)])) == 1, change


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ("<failure>E assert\ntests/a/test_a.py:7: AssertionError</failure>", GOOD),
        ("<failure>tests/a/test_a.py:7: \n\nsrc/openclear/b.py:9: KeyError</failure>", ERROR),
        ("<error>tests/conftest.py:7: AssertionError</error>", ERROR),
    ],
)
def test_only_what_a_test_says_itself_counts(case, verdict):
    report = ET.fromstring(f'<testsuite><testcase name="test_a[one]">{case}</testcase></testsuite>')
    assert _verdict(report, ["test_a"]).startswith(verdict)
    assert _verdict(report, ["test_b"]).startswith(ERROR)
