"""What a protection is here: what docs/bypasses.md claims, the text of the source that makes it true, and its test."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = Path("src", "openclear")
# In the place of a route's number: the second table.
OUT = "out"


@dataclass(frozen=True, slots=True)
class Change:
    """`old`, which stands exactly once in the file at `path` below src/openclear, becomes `new`."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Protection:
    """`test`: the function that fails where all of `changes` are made. Several changes: one layer holds where another is gone."""

    route: str
    what: str
    test: str
    changes: tuple[Change, ...]


def protection(route, what, test, *changes):
    """Return a protection; each change as path, old and new text."""
    return Protection(
        str(route), what, test, tuple(one if isinstance(one, Change) else Change(*one) for one in changes)
    )


def faults(protections, root=ROOT):
    """Return one sentence for each text that does not stand exactly once where it should, or that changes nothing."""
    told = []
    for one in protections:
        for change in one.changes:
            file = root / HOUSE / change.path
            times = file.read_text().count(change.old) if file.is_file() else 0
            if times != 1 or change.old == change.new:
                told.append(
                    f"{one.route}, {one.what}: {times} times instead of once in {change.path}: {change.old!r}"
                )
    return told


def named_tests(root=ROOT):
    """Return the tests that docs/bypasses.md names: of the routes by number, and of the ways out but for those of `tests/live`."""
    routes, out = (root / "docs" / "bypasses.md").read_text().split("## Every way out")
    named = {}
    for number, row in re.findall(r"^\| (\d+) \|(.*)$", routes, re.MULTILINE):
        named[number] = re.findall(r"`tests/[\w/]+\.py::(\w+)`", row)
    named[OUT] = re.findall(r"`tests/(?!live/)[\w/]+\.py::(\w+)`", out)
    return named


def without_protection(protections, root=ROOT):
    """Return what docs/bypasses.md names and nothing here takes a protection from, and the reverse, as (route, test)."""
    here = {(one.route, one.test) for one in protections}
    there = {(route, test) for route, tests in named_tests(root).items() for test in tests}
    return sorted(here ^ there)
