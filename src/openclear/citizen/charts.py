"""Bars of monthly counts, as numbers for a chart without scripts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, GAP = 720, 200, 0.2
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: the position of its bar, in units of the chart. `count` None: too few to show."""

    month: date
    count: int | None
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart with lines at round numbers: (height in the chart, number)."""

    bars: Sequence[Bar]
    lines: Sequence[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT


def bars(counts: Sequence[tuple[date, int | None]]) -> Chart | None:
    """Return the chart of monthly counts, or None if there is nothing to draw."""
    if not counts:
        return None
    step = _step(max((count or 0) for _, count in counts))
    top = step * 4
    room = WIDTH / len(counts)
    drawn = [
        Bar(
            month, count, round(number * room + room * GAP / 2, 1), round(HEIGHT * (1 - (count or 0) / top), 1),
            round(room * (1 - GAP), 1), round(HEIGHT * (count or 0) / top, 1),
        )
        for number, (month, count) in enumerate(counts)
    ]  # fmt: skip
    return Chart(drawn, [(HEIGHT - HEIGHT * line / 4, step * line) for line in range(1, 5)])


def _step(largest: int) -> int:
    size = 1
    while True:
        for step in STEPS:
            if 4 * step * size >= largest:
                return step * size
        size *= 10
