"""The form of an invented city's data (the folder `demo` of a profile): each fault is one sentence, before anything is made."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openclear.vocabulary.errors import WrongUsage

FILE = "demo.toml"
NUMBER, WHOLE, TEXT, DAY, TEXTS = "a number", "a whole number", "a text in quotes", "a day", "a list of texts"
_TYPES: Mapping[str, tuple[type, ...]] = {
    NUMBER: (int, float), WHOLE: (int,), TEXT: (str,), DAY: (date,), TEXTS: (list,),
}  # fmt: skip
# What each value of a table is: by its name, or all of them alike.
_TABLES: Mapping[str, Mapping[str, str]] = {
    "grid": {
        "origin_latitude": NUMBER, "origin_longitude": NUMBER, "numbers_per_mile": NUMBER, "miles_per_degree": NUMBER,
        "outlines_since": DAY, "neighbor_state": TEXT,
    },
    "numbers": {"incident": TEXT, "first": WHOLE, "arrest": TEXT},
    "story": {"agency": TEXT, "ground": TEXT, "first": TEXT, "everyone": TEXT},
    "agreements": {"signed": DAY, "ends": DAY},
}  # fmt: skip
# Tables whose values are lists, and how many texts each has at least.
_LISTS: Mapping[str, int] = {"agencies": 2, "founders": 4, "people": 4, "integrations": 4}
# The columns of each file; a number is a whole one, or a share of one.
_TEXT, _WHOLE, _SHARE = str, int, float
_HOURS = tuple(str(hour) for hour in range(24))
_COLUMNS: Mapping[str, Mapping[str, type]] = {
    "areas.csv": {"number": _WHOLE, "name": _TEXT, "district": _TEXT, "west": _WHOLE, "north": _WHOLE, "weight": _WHOLE},
    "districts.csv": {"number": _TEXT, "name": _TEXT},
    "hours.csv": {"hours": _TEXT} | dict.fromkeys(_HOURS, _WHOLE),
    "names.csv": {"weight": _WHOLE, "men": _TEXT, "women": _TEXT, "families": _TEXT},
    "namesakes.csv": {"given": _TEXT, "family": _TEXT, "sex": _TEXT},
    "nicknames.csv": {"given": _TEXT, "nickname": _TEXT},
    "offenses.csv": {
        "code": _TEXT, "weight": _WHOLE, "hours": _TEXT, "places": _TEXT, "arrest": _SHARE, "domestic": _SHARE, "statute": _TEXT,
    },
    "streets.csv": {"name": _TEXT, "runs": _TEXT, "at": _WHOLE},
}  # fmt: skip


def check_invented(folder: Path) -> None:
    """Raise WrongUsage with one sentence about the first value in an invented city's data that has a wrong form."""
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"{path} cannot be read ({error}); correct it.") from None
    if fault := next(_faults(told), ""):
        raise WrongUsage(f"{path}: {fault}")
    for name, columns in _COLUMNS.items():
        if fault := next(_faults_of_table(folder / name, columns), ""):
            raise WrongUsage(f"{folder / name}{fault}")


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    # One after the other: each part reads what was checked before.
    for table in (*_TABLES, *_LISTS):
        if not isinstance(told.get(table), dict):
            yield f"the table [{table}] is missing."
    yield from _faults_of_values(told)
    yield from _faults_of_lists(told)
    for name in ("incident", "arrest"):
        if not _writes_a_number(told["numbers"][name]):
            yield f"numbers.{name} has one place for a number, such as %06d; write it so."


def _faults_of_values(told: Mapping[str, Any]) -> Iterator[str]:
    for table, values in _TABLES.items():
        for name, wanted in values.items():
            if not _is(told[table].get(name), wanted):
                yield f"{table}.{name} is {wanted}; write it so."
    numbers = told["agreements"].get("numbers")
    if not isinstance(numbers, dict) or not all(_is(number, TEXT) for number in numbers.values()):
        yield "the table [agreements.numbers] has the number of each agency's agreement as a text in quotes."


def _faults_of_lists(told: Mapping[str, Any]) -> Iterator[str]:
    for table, least in _LISTS.items():
        exactly = table == "agencies"
        for name, value in told[table].items():
            if not _is(value, TEXTS) or len(value) < least or (exactly and len(value) > least):
                yield f"{table}.{name} is a list of {'' if exactly else 'at least '}{least} texts; write it so."


def _is(value: object, wanted: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, _TYPES[wanted]):
        return False
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def _writes_a_number(form: str) -> bool:
    try:
        return form % 7 != form % 8
    except (TypeError, ValueError):
        return False


def _faults_of_table(path: Path, columns: Mapping[str, type]) -> Iterator[str]:
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        yield f" cannot be read ({error}); correct it."
        return
    if not rows:
        yield " has no rows; add some."
    for line, row in enumerate(rows, 2):
        if set(row) != set(columns) or None in row.values():
            yield f", line {line}: the columns are {', '.join(columns)}; write one value for each."
            continue
        for name, kind in columns.items():
            if not _can_be(row[name], kind):
                yield f", line {line}: {name} is {WHOLE if kind is int else NUMBER}, not '{row[name]}'."


def _can_be(text: str, kind: type) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True
