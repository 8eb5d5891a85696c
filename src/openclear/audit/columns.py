"""What stands twice: columns beside a body, by which entries are found. They are made of the body, and compared with it."""

import json
from collections.abc import Mapping
from typing import Any

from openclear.vocabulary.without_grant import without_grant

# The columns; each has the name of the field of the body that it is made of.
COLUMNS = ("officer", "case")
LONGEST = 40


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def columns_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of stored fields: their values, cut to what a column holds; empty where a field is erased."""
    return {column: _holdable(str(fields.get(column, {}).get("value", ""))[:LONGEST]) for column in COLUMNS}


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def wrong_columns(text: str, stored: Mapping[str, str]) -> list[str]:
    """Return which of the `stored` columns are not what the body `text` makes of them; none where that is no body at all."""
    try:
        expected = columns_of(json.loads(text))
    except (ValueError, AttributeError):
        return []
    return [column for column, value in expected.items() if _holdable(stored[column]) != value]


def _holdable(text: str) -> str:
    # PostgreSQL holds no NUL, and a writer that stumbled over one would answer nobody any more.
    return text.replace("\x00", "\ufffd")
