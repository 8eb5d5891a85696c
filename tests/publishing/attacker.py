"""Somebody who holds everything that is published and works out what is not: bounds on every cell, by linear programming."""

from collections import Counter
from itertools import combinations

import numpy as np
from scipy.optimize import linprog


def bounds(cell, areas, types, shown, area_totals, type_totals):
    """Return the smallest and the largest number that a cell can be, given all shown cells and all totals."""
    index = {pair: number for number, pair in enumerate((area, kind) for area in areas for kind in types)}
    rows, right = [], []
    for lines, totals, place in ((areas, area_totals, 0), (types, type_totals, 1)):
        for line in lines:
            row = np.zeros(len(index))
            for pair, number in index.items():
                row[number] = pair[place] == line
            rows.append(row)
            right.append(totals[line])
    limits = [(shown[pair], shown[pair]) if pair in shown else (0, None) for pair in index]
    wanted = np.zeros(len(index))
    wanted[index[cell]] = 1
    found = []
    for sign in (1, -1):
        result = linprog(sign * wanted, A_eq=np.array(rows), b_eq=right, bounds=limits, method="highs")
        assert result.success, result.message
        found.append(sign * result.fun)
    return found


def totals_of(counts):
    """Return what is known of areas and of types in all."""
    by_area, by_type = Counter(), Counter()
    for (area, kind), count in counts.items():
        by_area[area] += count
        by_type[kind] += count
    return by_area, by_type


def sensitive_groups(rows, *filters):
    """Return how many sensitive incidents somebody counts who groups an edition by `filters`, alone and together.

    They are recognized by what they lack: a type is told and no hour. `rows`: anything with the columns of a public row.
    """
    recognized = [row for row in rows if row.primary_type and row.hour is None]
    found = Counter()
    for size in range(1, len(filters) + 1):
        for chosen in combinations(filters, size):
            found.update((chosen, tuple(getattr(row, name) for name in chosen)) for row in recognized)
    return found


def left_over(rows, type_totals):
    """Return what each area and each type has beyond the rows whose type is told: what is hidden of them, in sum."""
    by_area = Counter(row.area for row in rows if not row.primary_type)
    told = Counter(row.primary_type for row in rows if row.primary_type)
    by_type = Counter({kind: count - told[kind] for kind, count in type_totals.items()})
    return by_area, by_type


def hidden_bounds(cell, rows, type_totals, fixed):
    """Return the smallest and the largest number of incidents that can be hidden in a cell.

    `fixed`: cells of which the attacker is sure that nothing is hidden; the public rows tell of fewer than these.
    """
    by_area, by_type = left_over(rows, type_totals)
    areas = sorted(set(by_area) | {cell[0]} | {area for area, _ in fixed}, key=str)
    shown = {one: 0 for one in fixed if one[0] in areas and one[1] in by_type}
    return bounds(cell, areas, list(by_type), shown, by_area, by_type)
