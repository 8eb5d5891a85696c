"""What a search found, why each row is there, and what filters it has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was found.

    `code`: spelled, begins, sounds, near, born, born-on, no-birth-date, plate, rd-number, block, cb-number.

    `asked`: the word of the search that found it; `found`: what it found; `alias`: that this is another of their names.
    """

    code: str
    asked: str
    found: str
    alias: bool = False


@dataclass(frozen=True, slots=True)
class FoundRows(Generic[Row]):
    """Some rows of a search, the count of all that the requester may see, and why each row is there.

    `unrecorded`: how many more rows match otherwise, but have nothing recorded in a field that was asked for.
    """

    rows: Sequence[Row]
    count: int
    reasons: Mapping[UUID, tuple[Reason, ...]] = field(default_factory=dict)
    unrecorded: Mapping[str, int] = field(default_factory=dict)


def records_in(*answers: object) -> list[UUID]:
    """Return the id of every record in an answer, each once: its subject, its rows, and all that those name.

    For its entry: a record that was shown in the page of another was shown. Every row has the id of what it names.
    """
    return list(dict.fromkeys(_ids(answers)))


def _ids(value: object) -> Iterator[UUID]:
    if isinstance(value, UUID):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from _ids(getattr(value, item.name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ids(item)


def narrows(label: str, **facts: Any) -> dict[str, Any]:
    """Return the metadata of one field of a kind's filters: how forms and the API show it.

    `label`: in English, translated where it is shown. `facts`: `pattern` (regular expression of a whole text), `longest`
    (characters), `choices` (value to words), `example`.
    """
    return {"label": label, **facts}


def shows(example: str) -> dict[str, Any]:
    """Return the metadata of one field of a row: an example from the invented city, for the description of the API."""
    return {"example": example}


def given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions that were given."""
    return {name: value for name, value in asked.items() if value is not None and value != ""}
