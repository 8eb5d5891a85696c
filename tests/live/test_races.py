"""The races of the benchmarks in their short form: what they count must be nothing, on each database that is there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTHING = {
    "registry-race": ("false_receipts", "late_answers", "lost"),
    "block": ("answers_after_order", "bytes_after_order", "answers_after_seal", "control_failed"),
}


@pytest.mark.live
@pytest.mark.alone
@pytest.mark.parametrize("name", NOTHING)
def test_a_race_that_is_lost_by_nobody(name):
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--json", "--scale", "small"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout.splitlines()[-1])["rows"]
    assert {key for row in rows for key in NOTHING[name] if key in row} == set(NOTHING[name])
    for row in rows:  # one kind of row for orders, one for sealings
        assert not [key for key in NOTHING[name] if row.get(key, 0) != 0], row
