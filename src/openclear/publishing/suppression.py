"""Which cells of an edition are shown. Pure: counts in, what is hidden out.

A cell is (community area, primary type) of one month. Cells of 1 and 2 are hidden (k = 3), and so many others that no
hidden cell can be worked out from what is shown: the total of each area, the total of each type, and every shown cell.
Nobody is told which cells are hidden and which are empty: both are simply not shown.

The check is Gusfield's, for a table with all its totals (A Graph Theoretic Approach to Statistical Data Security, SIAM
J. Comput. 17, 1988): cells that are not shown make a graph; a hidden cell can be worked out exactly if, and only if, no
amount can go round in a circle through it. An empty cell can take in an amount and give none.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

K = 3
OTHER = ""
Cell = tuple[Hashable, Hashable]
Name = TypeVar("Name", bound=Hashable)


def coarsened(
    values: Iterable[Name], k: int = K, also: AbstractSet[Hashable] = frozenset()
) -> dict[Name, Name | str]:
    """Return for each value the one it is published as: itself, or OTHER where fewer than k have it, or it is in `also`.

    Where fewer than k are OTHER, the smallest of the others joins them.
    """
    counts = Counter(values)
    small = {value for value, count in counts.items() if count < k or value == OTHER or value in also}
    kept = sorted(
        (value for value in counts if value not in small), key=lambda value: (counts[value], str(value))
    )
    while small and sum(counts[value] for value in small) < k and kept:
        small.add(kept.pop(0))
    return {value: OTHER if value in small else value for value in counts}


def hidden_cells(counts: Mapping[Cell, int], k: int = K, also: AbstractSet[Cell] = frozenset()) -> set[Cell]:
    """Return the cells that are not shown, out of those that are not empty.

    `counts`: incidents of each cell; every area and every type has at least k in all (`coarsened`), unless all have fewer.
    `also`: cells that are not to be shown, whatever they hold.
    """
    hidden = {cell for cell, count in counts.items() if 0 < count < k or OTHER in cell or cell in also}
    while more := _thin_totals(counts, hidden, k) or _exposed(counts, hidden):
        hidden |= more
    return hidden


def _thin_totals(counts: Mapping[Cell, int], hidden: set[Cell], k: int) -> set[Cell]:
    # What is hidden of one area, or of one type, is known in sum: it must be k at least, and more than one cell.
    for side in (0, 1):
        sums: Counter[Hashable] = Counter()
        cells: Counter[Hashable] = Counter()
        for cell in hidden:
            sums[cell[side]] += counts[cell]
            cells[cell[side]] += 1
        for line in sorted(sums, key=str):
            thin = sums[line] < k or cells[line] < 2
            if thin and (next_one := _smallest_shown(counts, hidden, side, line)):
                return {next_one}
    return set()


def _exposed(counts: Mapping[Cell, int], hidden: set[Cell]) -> set[Cell]:
    areas, types = ({cell[side] for cell in counts} for side in (0, 1))
    shown = {cell for cell in counts if cell not in hidden}
    for cell in sorted(hidden, key=str):
        if _can_change(cell, counts, hidden, shown, areas, types):
            continue
        for side in (0, 1):
            if next_one := _smallest_shown(counts, hidden, side, cell[side]):
                return {next_one}
    return set()


def _can_change(
    cell: Cell, counts: Mapping[Cell, int], hidden: set[Cell], shown: set[Cell],
    areas: set[Hashable], types: set[Hashable],
) -> bool:  # fmt: skip
    # One more here: its type must give one elsewhere (a hidden cell that holds some), that area take one in, and so on
    # back to this area. Shown cells are fixed.
    start, goal = cell[1], cell[0]
    seen_types, waiting = {start}, [start]
    seen_areas: set[Hashable] = set()
    while waiting:
        kind = waiting.pop()
        for area in areas - seen_areas:
            if (area, kind) in hidden and (area, kind) != cell and counts[area, kind] > 0:
                if area == goal:
                    return True
                seen_areas.add(area)
                new = {other for other in types - seen_types if (area, other) not in shown}
                seen_types |= new
                waiting.extend(new)
    return False


def _smallest_shown(counts: Mapping[Cell, int], hidden: set[Cell], side: int, line: Hashable) -> Cell | None:
    shown = [cell for cell in counts if cell[side] == line and cell not in hidden and counts[cell] > 0]
    return min(shown, key=lambda cell: (counts[cell], str(cell)), default=None)
