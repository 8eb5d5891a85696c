"""Offense codes as data: IUCR (Illinois Uniform Crime Reporting, four characters) and NIBRS (FBI)."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class OffenseCode:
    """One IUCR code with the words that Chicago uses for it and the NIBRS code it is reported under."""

    iucr: str
    primary_type: str
    description: str
    nibrs: str


@dataclass(frozen=True, slots=True)
class NibrsCode:
    """One NIBRS offense. Group A is reported in full, Group B by arrest alone."""

    code: str
    group: str
    name: str


@cache
def iucr_codes() -> dict[str, OffenseCode]:
    """Return the IUCR codes in common use, by code. Codes beyond these are valid too: sources bring their words."""
    return {row["iucr"]: OffenseCode(**row) for row in read_table("iucr.csv")}


@cache
def nibrs_codes() -> dict[str, NibrsCode]:
    """Return the NIBRS offenses by code."""
    return {row["code"]: NibrsCode(**row) for row in read_table("nibrs.csv")}


def nibrs_of(iucr: str) -> str:
    """Return the NIBRS code that an IUCR code is reported under, or "" where the mapping does not know it."""
    code = iucr_codes().get(iucr)
    return code.nibrs if code else ""


def read_table(name: str) -> list[dict[str, str]]:
    """Return one of this room's tables as rows by column name. Codes are text: they have leading zeros."""
    text = resources.files("openclear.vocabulary").joinpath("data", name).read_text()
    return list(csv.DictReader(text.splitlines()))
