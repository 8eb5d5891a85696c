"""Which cells of an edition are shown. Pure: counts in, what is hidden out.

A cell is (community area, primary type) of one month. Cells of 1 and 2 are hidden (k = 3). So are the sensitive
incidents of a cell, as a group, if they are 1 or 2: they are shown without block and hour, so anyone could count
them. And enough others are hidden that nothing hidden can be worked out from what is shown: the total of each area,
the total of each type, and every shown part. The edition does not show which cells are hidden and which are empty, or
which shown ones lack their sensitive incidents and which have none.

The check is Gusfield's, for a table with all its totals (A Graph Theoretic Approach to Statistical Data Security,
SIAM J. Comput. 17, 1988): cells that are not fully shown form a graph; a hidden amount can be worked out exactly if
and only if no cycle goes through it. An empty cell can receive an amount but give none. A shown cell without
sensitive incidents is treated as fully shown, though readers cannot know that: this errs on the side of hiding more.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar

K = 3
OTHER = ""
Cell = tuple[Hashable, Hashable]
Name = TypeVar("Name", bound=Hashable)
_NOTHING: Mapping[Cell, int] = {}


def coarsened(
    values: Iterable[Name], k: int = K, also: AbstractSet[Hashable] = frozenset()
) -> dict[Name, Name | str]:
    """Return the published name of each value: itself, or OTHER if fewer than k have it or it is in `also`.

    If fewer than k are OTHER, the smallest of the others joins them.
    """
    counts = Counter(values)
    small = {value for value, count in counts.items() if count < k or value == OTHER or value in also}
    kept = sorted(
        (value for value in counts if value not in small), key=lambda value: (counts[value], str(value))
    )
    while small and sum(counts[value] for value in small) < k and kept:
        small.add(kept.pop(0))
    return {value: OTHER if value in small else value for value in counts}


def hidden_cells(
    counts: Mapping[Cell, int],
    k: int = K,
    *,
    also: AbstractSet[Cell] = frozenset(),
    sensitive: Mapping[Cell, int] = _NOTHING,
    also_sensitive: AbstractSet[Cell] = frozenset(),
) -> dict[Cell, int]:
    """Return the cells that are not fully shown, with the number of hidden incidents: all, or only the sensitive ones.

    `counts`: incidents of each cell; every area and every type has at least k in all (`coarsened`), unless all have
    fewer.
    `sensitive`: how many of them are sensitive. `also`, `also_sensitive`: cells to hide, or whose sensitive incidents
    to hide, however many there are.
    """
    table = _Table({cell: count for cell, count in counts.items() if count > 0}, sensitive, k)
    for cell, count in table.counts.items():
        some = sensitive.get(cell, 0)
        if count < k or OTHER in cell or cell in also:
            table.hidden[cell] = count
        elif 0 < some < k or (some and cell in also_sensitive):
            table.hidden[cell] = table.sensitive_part(cell)
    while (cell_next := _thin_total(table) or _exposed(table)) is not None:
        table.hide_more(cell_next)
    return table.hidden


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells that are not empty, and how much of each is hidden so far."""

    counts: Mapping[Cell, int]
    sensitive: Mapping[Cell, int]
    k: int
    hidden: dict[Cell, int] = field(default_factory=dict)

    def sensitive_part(self, cell: Cell) -> int:
        # If fewer than k others would be left, these cannot be shown either.
        count, some = self.counts[cell], self.sensitive.get(cell, 0)
        return some if some and count - some >= self.k else count

    def hide_more(self, cell: Cell) -> None:
        self.hidden[cell] = self._next_part(cell)

    def smallest_step(self, side: int, line: Hashable) -> Cell | None:
        """Return the cell of an area or a type with the smallest further amount to hide; fully shown cells first."""
        left = [
            cell
            for cell, count in self.counts.items()
            if cell[side] == line and self.hidden.get(cell, 0) < count
        ]
        return min(left, key=self._price, default=None)

    def _next_part(self, cell: Cell) -> int:
        return self.counts[cell] if cell in self.hidden else self.sensitive_part(cell)

    def _price(self, cell: Cell) -> tuple[bool, int, str]:
        return (cell in self.hidden, self._next_part(cell) - self.hidden.get(cell, 0), str(cell))


def _thin_total(table: _Table) -> Cell | None:
    # The hidden sum of one area, or of one type, is known: it must be at least k, and from more than one cell.
    for side in (0, 1):
        sums: Counter[Hashable] = Counter()
        cells: Counter[Hashable] = Counter()
        for cell, amount in table.hidden.items():
            sums[cell[side]] += amount
            cells[cell[side]] += 1
        for line in sorted(sums, key=str):
            thin = sums[line] < table.k or cells[line] < 2
            if thin and (step := table.smallest_step(side, line)):
                return step
    return None


def _exposed(table: _Table) -> Cell | None:
    areas, types = ({cell[side] for cell in table.counts} for side in (0, 1))
    whole = table.counts.keys() - table.hidden.keys()
    for cell in sorted(table.hidden, key=str):
        if _can_change(cell, table.hidden, whole, areas, types):
            continue
        for side in (0, 1):
            if step := table.smallest_step(side, cell[side]):
                return step
    return None


def _can_change(
    cell: Cell, hidden: Mapping[Cell, int], whole: AbstractSet[Cell],
    areas: set[Hashable], types: set[Hashable],
) -> bool:  # fmt: skip
    # One more here: its type must give one elsewhere (a cell with a hidden part), that area must take one, and so on
    # back to this area. Fully shown cells are fixed.
    start, goal = cell[1], cell[0]
    seen_types, waiting = {start}, [start]
    seen_areas: set[Hashable] = set()
    while waiting:
        kind = waiting.pop()
        for area in areas - seen_areas:
            if (area, kind) in hidden and (area, kind) != cell:
                if area == goal:
                    return True
                seen_areas.add(area)
                new = {other for other in types - seen_types if (area, other) not in whole}
                seen_types |= new
                waiting.extend(new)
    return False
