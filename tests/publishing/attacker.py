"""Somebody who holds everything that is published and works out what is not: bounds on every cell, by linear programming."""

from collections import Counter

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
