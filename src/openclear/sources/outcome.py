"""What became of the rows of a file: counts, rejected rows with their reasons, and the sentence about them."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from openclear.records.incidents.rows import IncidentFacts
from openclear.vocabulary.handling import handling_of

_LONGEST_EXAMPLE = 40


@dataclass
class ImportResult:
    """The outcome of every row.

    `counts`: read = inserted + updated + unchanged + rejected, and skipped: empty lines. `reasons`: rejected rows by
    column and reason, with the line and value of the first in `examples`. `noted`: values understood in a way that a
    person should know. `broken_off`: the file has more that could not be read.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rejects_file: str | None = None
    dropped: list[str] = field(default_factory=list)
    undecided: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    noted: Counter[str] = field(default_factory=Counter)
    broken_off: bool = False

    @property
    def kept(self) -> int:
        """How many rows are in the records now."""
        return self.counts["inserted"] + self.counts["updated"] + self.counts["unchanged"]

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for programs."""
        names = ("read", "inserted", "updated", "unchanged", "rejected")
        return {name: self.counts[name] for name in names} | {
            "rejects_file": self.rejects_file,
            "skipped": self.counts["skipped"],
            "lines": self.counts["read"] + self.counts["skipped"],
            "complete": not self.broken_off,
            "dropped_columns": self.dropped,
            "noted": dict(self.noted),
        }

    def note_offense(self, facts: IncidentFacts) -> None:
        """Count the offense (code, type, description) if no row of the city's tables decides it."""
        code, kind, words = (facts.offense[name] for name in ("iucr", "primary_type", "description"))
        if not handling_of(code, kind, words).decided:
            self.undecided[code, kind, words] += 1

    def note_reject(self, line: int, column: str, reason: str, value: str) -> None:
        """Count a rejected row. `value`: what is in the column."""
        self.counts["rejected"] += 1
        self.reasons[column, reason] += 1
        self.examples.setdefault((column, reason), (line, value[:_LONGEST_EXAMPLE]))

    def rejects_told(self) -> str:
        """Return one sentence on the rejected rows, with the commonest reason and an example; "" if there are none."""
        if not self.reasons:
            return ""
        ((column, reason), times) = self.reasons.most_common(1)[0]
        line, value = self.examples[column, reason]
        example = f"line {line}: '{value}'" if value else f"line {line}"
        what = f"{column}: {reason}" if column else reason
        return (
            f"{self.counts['rejected']:,} of {self.counts['read']:,} rows were rejected, "
            f"{times:,} of them for this reason: {what} ({example})."
        )


class Rejects:
    """The file of rejected rows: line, column, reason, and the row itself."""

    def __init__(self, path: Path) -> None:
        """`path`: created when the first row is rejected."""
        self._path = path
        self._file: IO[str] | None = None
        self._writer: Any = None
        self.name: str | None = None

    def add(self, line: int, column: str, reason: str, row: list[str]) -> None:
        """Write down one rejected row."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", newline="", encoding="utf-8")
            self._writer, self.name = csv.writer(self._file), str(self._path)
            self._writer.writerow(["line", "column", "reason", "row"])
        self._writer.writerow([line, column, reason, *row])

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()
