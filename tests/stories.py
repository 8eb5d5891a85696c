"""Whether a change of the house lost a story: `python -m tests.stories BEFORE AFTER [MAPPING]`.

BEFORE and AFTER are what `./run test --collect-only -q` printed then and now. MAPPING has a line for each test, or for each
file or folder of tests, that has another name now: the old one, a tab, the new one. Exit code 1 names each story that is gone.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path


def collected(text: str) -> set[str]:
    """Return the ids of tests in what pytest printed."""
    return {line.strip() for line in text.splitlines() if "::" in line and not line.startswith(" ")}


def moved(lines: Iterable[str]) -> dict[str, str]:
    """Return what was renamed, the old name to the new one. Raises ValueError for a line that is not two names."""
    pairs = [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(
                f"A line of the mapping is an old name, a tab and a new name, and not: {pair[0]}"
            )
    return dict(pairs)


def lost(before: set[str], after: set[str], mapping: Mapping[str, str]) -> list[str]:
    """Return each test of before that is not there after, by its old name."""
    return sorted(test for test in before if _now(test, mapping) not in after)


def _now(test: str, mapping: Mapping[str, str]) -> str:
    # The longest name that fits: a test before its file, a file before its folder.
    fits = [old for old in mapping if test == old or test.startswith((f"{old}::", f"{old}/", f"{old}["))]
    if not fits:
        return test
    old = max(fits, key=len)
    return mapping[old] + test[len(old) :]


def main(before: str, after: str, mapping: str = "") -> int:
    """Print each lost story and return the exit code."""
    lines = Path(mapping).read_text().splitlines() if mapping else []
    there, here = (collected(Path(path).read_text()) for path in (before, after))
    gone = lost(there, here, moved(lines))
    for test in gone:
        print(f"lost: {test}")
    print(f"{len(there)} stories before, {len(here)} now, {len(gone)} lost")
    return 1 if gone or not there else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
