"""What a filter leaves out because nothing is recorded: counted, so that nobody takes it for not being there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


@without_grant("counts what `matching` lets through under the grant's clearance")
def counts_without(
    matching: Callable[[Grant, str, Any], Any],
    grant: Grant,
    text: str,
    filters: Any,
    *,
    columns: Sequence[str],
) -> dict[str, int]:
    """Return, by column, how many rows match all other filters but have an empty `column`, of the columns that are asked for.

    Each column has the name of its filter.
    """
    asked = [column for column in columns if getattr(filters, column)]
    counts = {
        column: matching(grant, text, replace(filters, **{column: ""})).filter(**{column: ""}).count()
        for column in asked
    }
    return {column: count for column, count in counts.items() if count}
