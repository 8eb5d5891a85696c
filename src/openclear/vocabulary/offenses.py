"""Offense codes as data: the city's own (such as IUCR, Uniform Crime Reporting of a state) and NIBRS (FBI)."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from openclear.vocabulary.city import city

CODES = "offense_codes.csv"


@dataclass(frozen=True, slots=True)
class OffenseCode:
    """One of the city's codes, with the city's description and the NIBRS code it is reported under."""

    code: str
    primary_type: str
    description: str
    nibrs: str


@dataclass(frozen=True, slots=True)
class NibrsCode:
    """One NIBRS offense. Group A is reported in full, Group B only as arrests."""

    code: str
    group: str
    name: str


def offense_codes() -> dict[str, OffenseCode]:
    """Return the city's codes in common use, by code. Other codes are valid too: sources bring their own descriptions."""
    return _offense_codes(city().folder)


@cache
def _offense_codes(_folder: Path) -> dict[str, OffenseCode]:
    return {row["code"]: OffenseCode(**row) for row in city().table(CODES)}


@cache
def nibrs_codes() -> dict[str, NibrsCode]:
    """Return the NIBRS offenses by code."""
    text = resources.files("openclear.vocabulary").joinpath("data", "nibrs.csv").read_text()
    return {row["code"]: NibrsCode(**row) for row in csv.DictReader(text.splitlines())}


def nibrs_of(code: str) -> str:
    """Return the NIBRS code that a code of the city is reported under, or "" if the mapping does not have it."""
    found = offense_codes().get(code)
    return found.nibrs if found else ""


def is_offense_code(text: str) -> bool:
    """Say whether a text can be one of the city's codes, with or without leading zeros."""
    return text.isascii() and text.isalnum() and 0 < len(text) <= city().formats.offense_code


def offense_code(text: str) -> str:
    """Return a code as it is stored: uppercase, with leading zeros."""
    return text.strip().upper().zfill(city().formats.offense_code)
