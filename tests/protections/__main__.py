"""Takes each protection out, runs its test alone, and says whether the test fails without it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path

from tests.protections.protection import HOUSE, ROOT, faults
from tests.protections.stops import STOPS
from tests.protections.the_log import THE_LOG
from tests.protections.ways_out import WAYS_OUT
from tests.protections.what_is_kept import WHAT_IS_KEPT
from tests.protections.who_asks import WHO_ASKS

ROUTES = sorted([*WHO_ASKS, *STOPS, *WHAT_IS_KEPT, *THE_LOG], key=lambda one: int(one.route))
ALL = [*ROUTES, *WAYS_OUT]
GOOD, PASSES, ERROR = "fails without it", "STILL PASSES", "ERROR"
# What a test itself says: an assertion, or an error that was to come (`pytest.raises`) and did not.
SAID = ("AssertionError", "Failed")
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
MOST_SECONDS = 300


def main(numbers):
    """Print a line for each protection, of the routes with these numbers or of all; return the exit code."""
    chosen = [one for one in ALL if not numbers or one.route in numbers]
    wrong = faults(chosen) or ([] if chosen else [f"there is no protection of {', '.join(numbers)}"])
    if wrong:
        print(*wrong, sep="\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="openclear-protections-") as folder:
        return _taken_out(_copied(Path(folder)), chosen)


def _taken_out(scratch, chosen):
    names = sorted({one.test for one in chosen})
    begun = time.monotonic()
    before = _run(scratch, names)
    said, seconds = "all pass" if before == PASSES else before, f"{time.monotonic() - begun:.1f} s"
    print(f"{len(names)} tests with nothing taken out: {said}, {seconds}", flush=True)
    if before != PASSES:
        return 1
    told = [_told(scratch, one) for one in chosen]
    counts = {word: sum(verdict.startswith(word) for verdict in told) for word in (GOOD, PASSES, ERROR)}
    print(f"of {len(told)} protections:", ", ".join(f"{count} {word}" for word, count in counts.items()))
    return 0 if counts[GOOD] == len(told) else 1


def _told(scratch, one):
    begun = time.monotonic()
    with _without(scratch, one):
        verdict = _run(scratch, [one.test])
    seconds = f"{time.monotonic() - begun:.1f} s"
    print(f"{one.route:>3} | {one.what} | {one.test}: {verdict}, {seconds}", flush=True)
    return verdict


def _copied(scratch):
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, scratch / name, ignore=shutil.ignore_patterns("__pycache__"))
    for left in ROOT.iterdir():
        if not left.name.startswith(".") and not (scratch / left.name).exists():
            (scratch / left.name).symlink_to(left)
    return scratch


@contextmanager
def _without(scratch, one):
    # With the time that it had, a file that is put back is again the one that was compiled.
    files = {scratch / HOUSE / change.path for change in one.changes}
    kept = {file: (file.read_text(), file.stat()) for file in files}
    try:
        for change in one.changes:
            file = scratch / HOUSE / change.path
            file.write_text(file.read_text().replace(change.old, change.new))
        yield
    finally:
        for file, (text, was) in kept.items():
            file.write_text(text)
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def _run(scratch, names):
    """Run tests in a process of their own, and return what it says of the one that was asked for."""
    places = [f"{_file_of(scratch, name).relative_to(scratch)}::{name}" for name in names]
    report = scratch / "report.xml"
    report.unlink(missing_ok=True)
    cities = os.environ.get("OPENCLEAR_TEST_CITIES", str(scratch / "cities"))
    own = {"PYTHONPATH": str(scratch / "src"), "OPENCLEAR_TEST_CITIES": cities}
    # The choice that this process's own tests made is not theirs.
    left = {name: value for name, value in os.environ.items() if name != "CHOSEN_FOR_THE_TESTS"}
    try:
        done = subprocess.run(
            [*PYTEST, f"--junitxml={report}", *places], cwd=scratch, env=left | own, capture_output=True, text=True,
            check=False, timeout=MOST_SECONDS * len(names),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{ERROR} (it does not end)"
    if done.returncode == 0:
        return PASSES
    if done.returncode != 1 or not report.is_file():
        return f"{ERROR} (pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]})"
    return _verdict(ET.parse(report), names)


def _file_of(scratch, name):
    found = [
        file
        for file in (scratch / "tests").rglob("test_*.py")
        if re.search(rf"^def {name}\(", file.read_text(), re.MULTILINE)
    ]
    assert len(found) == 1, f"{name} stands in {len(found)} files of tests"
    return found[0]


def _verdict(report, names):
    said = [
        _raised(failure)
        for case in report.iter("testcase")
        for failure in case.iter("failure")
        if case.get("name", "").split("[")[0] in names
    ]
    for place, kind in said:
        if place.startswith("tests/") and kind in SAID:
            return f"{GOOD} ({place.rpartition('/')[2]}, {kind})"
    return f"{ERROR} ({said or 'not in the test itself'})"


def _raised(failure):
    # pytest ends a traceback with where it was raised, and what.
    found = re.findall(r"^(\S+\.py:\d+): (\w+)", failure.text or "", re.MULTILINE)
    return found[-1] if found else ("", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
