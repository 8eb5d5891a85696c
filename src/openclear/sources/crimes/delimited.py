"""The rows of a table of text: every line is in a row or in a fault, and none vanishes in a quotation mark that stays open."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

# A line, and the lines of one row, that are longer are a fault: no table has them, and they would fill the memory.
LONGEST_LINE, MOST_LINES = 1 << 20, 100
_OPEN = "unexpected end of data"
csv.field_size_limit(2 * LONGEST_LINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its first line, and its values; or why it has none."""

    line: int
    values: list[str]
    fault: str = ""


@dataclass
class Lines:
    """The lines of a text, counted. `blank`: how many were empty."""

    text: IO[str]
    number: int = 0
    blank: int = 0
    _back: deque[str] = field(default_factory=deque)

    def next(self) -> str | None:
        """Return the next line, None at the end. Of a line that is too long only the beginning."""
        line = self._back.popleft() if self._back else self.text.readline(LONGEST_LINE + 1)
        if not line:
            return None
        self.number += 1
        if len(line) > LONGEST_LINE:
            self._pass_over(line)
        return line

    def _pass_over(self, part: str) -> None:
        while part and not part.endswith(("\n", "\r")):
            part = self.text.readline(LONGEST_LINE)

    def give_back(self, lines: list[str]) -> None:
        """Put lines back, so that they come next."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def rows_of(lines: Lines, separator: str, width: int) -> Iterator[Row]:
    """Yield the rows. `width`: the number of values in the heading.

    A quotation mark that is not closed, or is closed in the middle of another row, costs its own line alone.
    """
    while (line := lines.next()) is not None:
        number = lines.number
        if not line.strip("\r\n"):
            lines.blank += 1
        elif len(line) > LONGEST_LINE:
            yield Row(number, [], f"a line of more than {LONGEST_LINE:,} characters")
        else:
            yield _row(lines, line, separator, width)


def _row(lines: Lines, first: str, separator: str, width: int) -> Row:
    number, taken = lines.number, [first]
    values, fault = _parsed(taken, separator)
    while fault == _OPEN and (line := _continued(lines, taken)) is not None:
        taken.append(line)
        if '"' in line:
            values, fault = _parsed(taken, separator)
    if len(taken) > 1 and (fault or len(values) != width):
        lines.give_back(taken[1:])
        fault = _OPEN
    if fault == _OPEN:
        return Row(number, [], "a quotation mark opens in this line and does not close")
    return Row(number, values, fault)


def _continued(lines: Lines, taken: list[str]) -> str | None:
    if len(taken) == MOST_LINES:
        return None
    line = lines.next()
    if line is not None and sum(map(len, taken)) + len(line) > LONGEST_LINE:
        lines.give_back([line])
        return None
    return line


def _parsed(taken: list[str], separator: str) -> tuple[list[str], str]:
    try:
        return next(csv.reader(taken, delimiter=separator, strict=True)), ""
    except csv.Error as error:
        return [], str(error)
