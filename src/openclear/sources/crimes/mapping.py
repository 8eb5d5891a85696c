"""Which column of a city's file is which field of an incident: read from the profile. Pure, apart from reading the file."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openclear.sources.crimes.forbidden import FORBIDDEN, column_name
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage

NEEDED = ("source_id", "occurred", "block", "primary_type")
# The handling labels of an incident come from these: a file without the named column must not go in unlabeled.
LABELING = ("iucr", "description", "domestic")
FIELDS = (
    *NEEDED, "rd_number", "iucr", "description", "location", "arrest_made", "domestic", "beat", "district", "ward",
    "community_area", "fbi_code", "x_coordinate", "y_coordinate", "latitude", "longitude",
)  # fmt: skip
LONGEST_SOURCE = 30
_KEYS = {"source", "title", "dates", "date_example", "id_form", "revision", "columns", "known", "spellings"}
_TYPES: Mapping[str, type] = {
    "source": str,
    "title": str,
    "date_example": str,
    "dates": list,
    "columns": dict,
}
_OPTIONAL: Mapping[str, type] = {"id_form": str, "revision": str, "known": dict}
_WORDS_FOR: Mapping[type, str] = {str: "text in quotes", list: "list", dict: "table"}
_ANY_ID = r"[0-9A-Za-z][0-9A-Za-z._/-]*"


@dataclass(frozen=True)
class Columns:
    """The mapping of one file.

    `column_of`: column by field. `dates`: formats of dates, for strptime, or `iso`. `id_form`: the regular expression
    of a row's id. `revision`: the column that says when a row was changed, None if the file has none: then every
    difference is a change. `names`: every known column. `spellings`: by field, other spellings of a value and the one
    that is kept.
    """

    source: str
    title: str
    dates: tuple[str, ...]
    date_example: str
    id_form: str
    revision: str | None
    column_of: Mapping[str, str]
    names: frozenset[str]
    spellings: Mapping[str, Mapping[str, str]]

    def spelled(self, name: str, value: str) -> str:
        """Return a field's value in the spelling that is kept."""
        return self.spellings.get(name, {}).get(value, value)

    @property
    def needed(self) -> list[str]:
        """The required columns of the file: an incident without one of these has no id, or lacks its handling labels."""
        told = [self.column_of[name] for name in (*NEEDED, *LABELING) if name in self.column_of]
        return told + ([self.revision] if self.revision else [])


def columns_of(mapping: str) -> Columns:
    """Return the mapping of columns with this name in the city's profile. Raises WrongUsage."""
    known = city().imports()
    if mapping not in known:
        raise WrongUsage(
            f"The city's profile has no mapping '{mapping}'; it has {', '.join(known) or 'none'}."
        )
    return read_columns(known[mapping])


def read_columns(path: Path) -> Columns:
    """Return the mapping in a file of the profile. Raises WrongUsage with one sentence about the error."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"{path} cannot be read as a mapping of columns ({error}); correct it.") from None
    if fault := _fault(told):
        raise WrongUsage(f"{path}: {fault}")
    columns, revision = told["columns"], told.get("revision")
    known = {*columns.values(), *told.get("known", {}).get("names", ()), *([revision] if revision else [])}
    return Columns(
        told["source"], told["title"], tuple(told["dates"]), told["date_example"], told.get("id_form", _ANY_ID), revision, columns,
        frozenset(known), told.get("spellings", {}),
    )  # fmt: skip


def _fault(told: Mapping[str, Any]) -> str:
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        return f"there is no '{unknown[0]}'; the names here are {', '.join(sorted(_KEYS))}."
    if missing := [
        name for name, kind in _TYPES.items() if not isinstance(told.get(name), kind) or not told[name]
    ]:
        return f"'{missing[0]}' is missing, or is not a {_WORDS_FOR[_TYPES[missing[0]]]}."
    if wrong := [name for name, kind in _OPTIONAL.items() if name in told and not _is_told(told[name], kind)]:
        return f"'{wrong[0]}' is not a {_WORDS_FOR[_OPTIONAL[wrong[0]]]}; correct it, or leave it out."
    # One after the other: what comes later reads what was checked before.
    return next((message for wrong, message in _faults(told) if wrong), "")


def _is_told(value: object, kind: type) -> bool:
    return isinstance(value, kind) and (bool(value) or kind is dict)


def _faults(told: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    columns, known = told["columns"], told.get("known", {})
    unknown = sorted(set(known) - {"names"})
    yield unknown, f"there is no known.{', '.join(unknown)}; the table [known] has names alone."
    yield not isinstance(known.get("names", []), list), "known.names is not a list of columns."
    missing = [name for name in NEEDED if name not in columns]
    strange = [name for name in columns if name not in FIELDS]
    named = [
        *columns.values(),
        *known.get("names", ()),
        told.get("revision") or told["source"],
    ]
    yield (
        not all(isinstance(text, str) for text in (*named, *told["dates"])),
        "columns, known.names and dates are texts in quotes.",
    )
    spelled = [name for name in columns.values() if column_name(name) != name]
    forbidden = [name for name in named if FORBIDDEN.search(column_name(name))]
    yield missing, f"there is no column for {', '.join(missing)}."
    yield strange, f"there is no field {', '.join(strange)}; the fields are {', '.join(FIELDS)}."
    yield spelled, f"write columns in lower case with underscores: {', '.join(map(column_name, spelled))}."
    yield (
        forbidden,
        f"{', '.join(forbidden)} is about immigration or birthplace, which is never stored; leave it out.",
    )
    yield (
        not _are_spellings(told.get("spellings", {})),
        "'spellings' has a table [spellings.primary_type] of texts in uppercase, other spelling = the one that is kept.",
    )
    yield len(told["source"]) > LONGEST_SOURCE, f"'source' has at most {LONGEST_SOURCE} characters."
    yield not _is_form(told.get("id_form", _ANY_ID)), "'id_form' is not a regular expression."


def _are_spellings(told: object) -> bool:
    if not isinstance(told, dict) or not set(told) <= {"primary_type"}:
        return False
    pairs = told.get("primary_type", {})
    return isinstance(pairs, dict) and all(
        isinstance(text, str) and text == text.upper() for pair in pairs.items() for text in pair
    )


def _is_form(text: object) -> bool:
    try:
        return bool(re.compile(str(text)))
    except re.error:
        return False
