"""The house is cut anew without losing a story."""

import pytest

from tests.stories import collected, lost, main, moved

BEFORE = "tests/access/test_gate.py::test_a\ntests/access/test_gate.py::test_b[ice]\ntests/access/test_ties.py::test_c\n\n3 tests collected\n"
pytestmark = pytest.mark.anywhere


def test_what_moved_is_found_and_what_is_gone_is_named():
    after = "tests/gate/test_gate.py::test_a\ntests/gate/test_gate.py::test_every_b[ice]\ntests/registry/test_ties.py::test_c\n"
    mapping = moved(
        ["# renamed", "tests/access\ttests/gate", "tests/access/test_ties.py\ttests/registry/test_ties.py",
         "tests/access/test_gate.py::test_b\ttests/gate/test_gate.py::test_every_b"]
    )  # fmt: skip
    assert lost(collected(BEFORE), collected(after), mapping) == []
    assert lost(collected(BEFORE), collected(after.replace("[ice]", "[fbi]")), mapping) == [
        "tests/access/test_gate.py::test_b[ice]"
    ]
    assert len(lost(collected(BEFORE), collected(after), {})) == 3


def test_its_exit_code_says_so_and_nothing_collected_is_no_success(tmp_path, capsys):
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_text(BEFORE)
    after.write_text(BEFORE)
    assert main(str(before), str(after)) == 0
    after.write_text(BEFORE.replace("test_c", "test_d"))
    assert main(str(before), str(after)) == 1
    assert "lost: tests/access/test_ties.py::test_c" in capsys.readouterr().out
    assert main(str(tmp_path / "after"), str(after)) == 0
    before.write_text("no tests collected\n")
    assert main(str(before), str(after)) == 1


def test_a_line_that_is_no_pair_is_told():
    with pytest.raises(ValueError, match="an old name, a tab and a new name"):
        moved(["tests/access tests/gate"])
