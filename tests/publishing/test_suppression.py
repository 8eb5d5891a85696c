"""No hidden count can be worked out, whoever combines what: tried by somebody with a solver."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclear.publishing.suppression import OTHER, K, coarsened, hidden_cells
from tests.publishing.attacker import bounds, totals_of

pytestmark = pytest.mark.anywhere

AREAS, TYPES = range(1, 6), ["THEFT", "BATTERY", "ROBBERY", "ARSON"]
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(AREAS), st.sampled_from(TYPES)), st.integers(1, 9), min_size=1, max_size=20
)


def as_published(table):
    """Return the table after its too small areas and types were joined, as an edition does it."""
    rows = [cell for cell, count in table.items() for _ in range(count)]
    areas, types = (coarsened(row[side] for row in rows) for side in (0, 1))
    return Counter((areas[area], types[kind]) for area, kind in rows)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_no_small_count_is_shown_or_follows_from_what_is_shown(table):
    counts = as_published(table)
    if sum(counts.values()) < K:
        return  # no edition is made of so few
    hidden = hidden_cells(counts)
    shown = {cell: count for cell, count in counts.items() if cell not in hidden}
    assert all(count >= K and OTHER not in cell for cell, count in shown.items())
    by_area, by_type = totals_of(counts)
    for cell in (cell for cell in hidden if counts[cell] < K):
        low, high = bounds(cell, list(by_area), list(by_type), shown, by_area, by_type)
        assert high - low > 0.5, (cell, counts, hidden)


def unsure(cell, counts):
    """By how much the attacker does not know a cell of a table whose hidden cells are left out."""
    hidden = hidden_cells(counts)
    shown = {one: count for one, count in counts.items() if one not in hidden}
    low, high = bounds(cell, *totals_of(counts), shown, *totals_of(counts))
    return high - low


def test_one_small_cell_takes_others_with_it():
    counts = {
        (1, "THEFT"): 9,
        (1, "ARSON"): 1,
        (2, "THEFT"): 8,
        (2, "ARSON"): 5,
        (3, "THEFT"): 7,
        (3, "ARSON"): 6,
    }
    hidden = hidden_cells(counts)
    assert (1, "ARSON") in hidden
    assert len(hidden) >= 4  # two rows and two columns, or it could be worked out
    assert unsure((1, "ARSON"), counts) > 0.5


def test_a_small_cell_that_joins_two_circles_is_not_worked_out():
    """Two squares of hidden cells and one cell between them: what goes round in each never goes through the one."""
    counts = {(area, kind): 5 for area in (1, 2, 3, 4) for kind in "ABCD"}
    counts |= {
        (1, "A"): 1,
        (1, "B"): 2,
        (2, "A"): 2,
        (2, "B"): 1,
        (3, "C"): 1,
        (3, "D"): 2,
        (4, "C"): 2,
        (4, "D"): 2,
    }
    counts[2, "C"] = 1
    assert unsure((2, "C"), counts) > 0.5


def test_what_is_hidden_of_one_line_is_three_at_least():
    counts = {(1, "THEFT"): 1, (1, "BATTERY"): 6, (1, "ARSON"): 1, ("", "THEFT"): 5, ("", "ARSON"): 2}
    hidden = hidden_cells(counts)
    for side in (0, 1):
        sums = Counter()
        for cell in hidden:
            sums[cell[side]] += counts[cell]
        assert all(count >= K for count in sums.values()), sums


def test_the_attacker_finds_what_is_hidden_badly():
    """The attacker is worth something: with the small cell alone hidden it has the number at once."""
    counts = {(1, "THEFT"): 9, (1, "ARSON"): 1, (2, "THEFT"): 8, (2, "ARSON"): 5}
    shown = {cell: count for cell, count in counts.items() if cell != (1, "ARSON")}
    assert bounds((1, "ARSON"), [1, 2], ["THEFT", "ARSON"], shown, *totals_of(counts)) == [1, 1]


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        (["A"] * 5 + ["B"], {"A": OTHER, "B": OTHER}),
        (["A"] * 5 + ["B"] * 2 + ["C"], {"A": "A", "B": OTHER, "C": OTHER}),
        (["A"] * 5 + ["B"] * 3 + ["C"], {"A": "A", "B": OTHER, "C": OTHER}),
        (["A"] * 3, {"A": "A"}),
    ],
)
def test_what_is_too_rare_to_name_is_joined_until_three(values, joined):
    assert coarsened(values) == joined
