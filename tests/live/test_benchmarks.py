"""Each benchmark that is no race, in its smallest form: it runs, and says something that can be true. The races: `test_races.py`.

How large a number is, is no matter of a test: a busy machine is no defect.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import NAMES
from tests.live.test_races import NOTHING

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.live


def rows_of(name):
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--json", "--scale", "tiny"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, "nothing is lost in a thread"
    printed = json.loads(done.stdout.splitlines()[-1])
    assert printed.keys() == {"name", "machine", "rows"}
    assert (printed["name"], bool(printed["machine"])) == (name, True)
    return printed["rows"]


def numbers(row, *names):
    """The numbers of a row that are not among `names`: all of them are of something that took place."""
    found = {name: value for name, value in row.items() if name not in names}
    assert all(isinstance(value, int | float) and value > 0 for value in found.values()), row
    return set(found)


def test_every_benchmark_is_run():
    assert sorted({*NOTHING, *RUN}) == sorted(NAMES)


def analysis(rows):
    snapshot, month, *questions = rows
    assert (snapshot["question"], month["question"]) == ("snapshot", "one month")
    assert (snapshot["rows"], month["rows"], month["months"]) == (5_000, 5_000, 1)
    assert snapshot["months"] >= 2, "the incidents are of two months, those of the city of more"
    assert numbers(snapshot, "question") == {"rows", "months", "seconds"} == numbers(month, "question")
    assert [row["question"] for row in questions] == ["month", "primary_type", "district", "hour", "beat"]
    assert all(numbers(row, "question") == {"p50_ms", "over_raw_duckdb"} for row in questions)


def audit(rows):
    *appended, verified = rows
    assert [(row["writers"], row["entries"]) for row in appended] == [(1, 256), (16, 256), (64, 256)]
    for row in appended:
        assert {"p50_ms", "p99_ms", "per_second", "plain_per_second"} <= numbers(row, "question")
        assert row["p50_ms"] <= row["p99_ms"]
    assert verified["ok"]
    assert verified["entries"] > 3 * 256, "those of the three rows, and of the city"


def cli(rows):
    assert [row["command"] for row in rows] == [
        "bare Django", "--help", "agencies", "cases", "orders", "explain", "cut-off", "restore", "seal",
    ]  # fmt: skip
    assert all(numbers(row, "command") == {"p50_ms", "p95_ms", "over_bare_django"} for row in rows)
    assert all(row["p50_ms"] <= row["p95_ms"] for row in rows)


def decisions(rows):
    [row] = rows
    assert row["decisions"] >= 500
    assert 0 < row["hidden"] < 1, "some rows are shown, some are not"
    assert row["disagreements"] == 0


def gate(rows):
    assert [row["database"] for row in rows] in (["sqlite"], ["sqlite", "postgresql"])
    for row in rows:
        assert row["rows"] == 4_000
        assert {"point_ratio", "name_ratio", "count_ratio"} <= numbers(row, "database")
        assert row["decisions_over_cedar"] > 1, "compiled once is quicker than asked row by row"
        assert row["gate_p50_ms"] <= row["gate_p99_ms"]


def importing(rows):
    [row] = rows
    assert (row["rows"], row["inserted"], row["unchanged_again"]) == (1_000, 1_000, 1_000)
    numbers(row, "postgresql_copy_seconds", "over_postgresql_copy")  # None where no server answers


def web(rows):
    """An answer that is not the page ends the benchmark, so those that are counted were answered."""
    assert [row["page"] for row in rows] == ["search page", "results", "results of a plate", "person"]
    for row in rows:
        numbers(row, "page")
        # How many there is time for is the machine's matter.
        assert min(row["answers"], row["bare_answers"]) > 0
        assert row["p50_ms"] <= row["p99_ms"]
        assert row["over_bare_django"] > 0.2, "a page that fails is answered at once"


RUN = {
    "analysis": analysis,
    "audit": audit,
    "cli": cli,
    "decisions": decisions,
    "gate": gate,
    "import": importing,
    "web": web,
}


@pytest.mark.parametrize("name", RUN)
def test_a_benchmark_in_its_smallest_form_says_what_can_be_true(name):
    RUN[name](rows_of(name))


def test_a_page_that_is_not_answered_ends_the_benchmark():
    """What fails in a thread is said: what was measured of failures would be quick."""
    from bench import web as benchmark
    from tests.ports import free_port

    with pytest.raises(SystemExit, match="/nowhere at port"):
        benchmark._load(free_port(), "/nowhere", "", 0.1)
