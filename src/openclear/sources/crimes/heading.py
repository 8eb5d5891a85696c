"""The heading of a file: which columns it has, which are dropped, and what separates them. Pure."""

import csv
from collections import Counter
from collections.abc import Sequence

from openclear.sources.crimes.forbidden import FORBIDDEN, column_name
from openclear.sources.crimes.mapping import Columns
from openclear.sources.errors import WrongFile

SEPARATORS = (",", ";", "\t", "|")


def read_heading(headings: Sequence[str], columns: Columns) -> tuple[list[str], list[str]]:
    """Return the column names and those that are dropped by law 6.

    `PrimaryType` and `primarytype` are the mapping's `primary_type`. Raises WrongFile if these are not the columns that
    the mapping describes, or if one of them is there twice.
    """
    names = _names(headings, columns)
    missing = [name for name in columns.needed if name not in names]
    if missing:
        message = f"This file has no column {', '.join(missing)}; choose {columns.title}, or correct the mapping of its columns."
        raise WrongFile(message)
    doubled = [name for name, times in Counter(names).items() if times > 1 and name in columns.names]
    if doubled:
        message = (
            f"This file has the column {doubled[0]} more than once, and nothing says which one counts; "
            "delete or rename the others, and repeat the import."
        )
        raise WrongFile(message)
    return names, [name for name in names if FORBIDDEN.search(name)]


def separator_of(line: str, columns: Columns) -> str:
    """Return what separates the columns in the line of the heading: what finds most of the mapping's columns in it."""

    def found(separator: str) -> int:
        headings = next(csv.reader([line], delimiter=separator), [])
        return len(columns.names.intersection(_names(headings, columns)))

    return max(SEPARATORS, key=found)


def _names(headings: Sequence[str], columns: Columns) -> list[str]:
    spelled = {name.replace("_", ""): name for name in sorted(columns.names)}
    names = [column_name(heading) for heading in headings]
    return [name if name in columns.names else spelled.get(name.replace("_", ""), name) for name in names]
