"""Duplicated data: columns next to a body, by which entries are found.

They are derived from the body, and compared with it.
"""

import json
from collections.abc import Mapping
from typing import Any

from openclear.vocabulary.without_grant import without_grant

# The columns; each has the name of the body's field that it is derived from.
COLUMNS = ("officer", "case", "grounded_by")
LONGEST, LONGEST_KIND = 40, 12


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def columns_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of stored fields: their values, truncated to the size of the column; empty if a field is erased."""
    return {column: _derived(column, str(fields.get(column, {}).get("value", ""))) for column in COLUMNS}


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def plain_number(text: str) -> str:
    """Return a case number as it is compared: upper case, single spaces, nothing unprintable; as long as the column."""
    printable = "".join(character if character.isprintable() else " " for character in text.upper())
    return _holdable(" ".join(printable.split())[:LONGEST])


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def wrong_columns(text: str, stored: Mapping[str, str]) -> list[str]:
    """Return which of the `stored` columns do not match the body `text`; none if it is not a body."""
    try:
        expected = columns_of(json.loads(text))
    except (ValueError, AttributeError):
        return []
    return [column for column, value in expected.items() if _holdable(stored[column]) != value]


def _derived(column: str, value: str) -> str:
    if column == "case":
        return plain_number(value)
    return _holdable(value[: LONGEST_KIND if column == "grounded_by" else LONGEST])


def _holdable(text: str) -> str:
    # PostgreSQL cannot store NUL, and a writer that failed on one would stop answering.
    return text.replace("\x00", "\ufffd")
