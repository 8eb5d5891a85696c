"""From one row of a city's file of crimes to an incident and its offense. Pure: text in, typed values out."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from openclear.records.incidents.rows import IncidentFacts
from openclear.sources.crimes.forbidden import FORBIDDEN, column_name
from openclear.sources.crimes.mapping import Columns
from openclear.sources.errors import BadValue, WrongFile
from openclear.vocabulary.city import city
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import nibrs_of

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
ISO = "iso"
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "y": True, "n": False}
# The limits of the database columns.
_LONGEST = {
    "source_id": 40, "rd_number": 20, "block": 80, "primary_type": 60, "description": 80, "location": 80, "fbi_code": 4,
}  # fmt: skip


def read_heading(headings: Sequence[str], columns: Columns) -> tuple[list[str], list[str]]:
    """Return the column names and those that are dropped by law 6.

    Raises WrongFile if these are not the columns that the mapping describes.
    """
    names = [column_name(heading) for heading in headings]
    missing = [name for name in columns.needed if name not in names]
    if missing:
        message = f"This file has no column {', '.join(missing)}; choose {columns.title}, or correct the mapping of its columns."
        raise WrongFile(message)
    return names, [name for name in names if FORBIDDEN.search(name)]


def parse_row(row: Mapping[str, str], columns: Columns) -> IncidentFacts:
    """Return the incident in a row. Raises BadValue for the first invalid value."""
    told = Told(row, columns)
    source_id = told.needed("source_id")
    if not re.fullmatch(columns.id_form, source_id, re.ASCII):
        raise told.bad("source_id", f"not an id of the form {columns.id_form}")
    primary_type, description, domestic = (
        told.needed("primary_type"),
        told.text("description"),
        told.truth("domestic"),
    )
    code = told.code("iucr", city().formats.offense_code).upper()
    labels = _labels(code, primary_type, description, domestic=domestic)
    offense = {
        "iucr": code, "primary_type": primary_type, "description": description, "fbi_code": told.text("fbi_code").upper(),
        "nibrs": nibrs_of(code), "labels": labels.value,
    }  # fmt: skip
    incident = _incident(told, domestic=domestic, labels=labels)
    return IncidentFacts(source_id, told.revision(), incident, offense)


def _incident(told: "Told", *, domestic: bool, labels: Label) -> dict[str, Any]:
    latitude, longitude = told.coordinates()
    return {
        "rd_number": told.text("rd_number").upper(),
        "occurred": told.moment("occurred").astimezone(UTC),
        "block": " ".join(told.needed("block").upper().split()),
        "location": told.text("location"),
        "beat": told.code("beat", city().formats.beat),
        "district": told.code("district", city().formats.district),
        "ward": told.whole("ward"),
        "community_area": told.whole("community_area"),
        "latitude": latitude,
        "longitude": longitude,
        "x_coordinate": told.whole("x_coordinate"),
        "y_coordinate": told.whole("y_coordinate"),
        "arrest_made": told.truth("arrest_made"),
        "domestic": domestic,
        "labels": labels.value,
    }


def _labels(code: str, primary_type: str, description: str, *, domestic: bool) -> Label:
    # The flag adds to the labels of the offense; if it is false, it removes nothing.
    return handling_of(code, primary_type, description).labels | (Label.DOMESTIC if domestic else NO_LABEL)


class Told:
    """One row, read by field names; an invalid value is reported by its column."""

    def __init__(self, row: Mapping[str, str], columns: Columns) -> None:
        """`row`: values by column."""
        self._row, self._columns = row, columns

    def bad(self, name: str, reason: str) -> BadValue:
        """Return the error for a field's column."""
        return BadValue(self._columns.column_of.get(name, name), reason)

    def raw(self, name: str) -> str:
        """Return a field as written, "" if the file has no such column."""
        return self._row.get(self._columns.column_of.get(name, ""), "").strip()

    def needed(self, name: str) -> str:
        """Return a required field."""
        value = self.text(name)
        if not value:
            raise self.bad(name, "the value is missing")
        return value

    def text(self, name: str) -> str:
        """Return a field as text."""
        value = self.raw(name)
        if len(value) > _LONGEST.get(name, 40):
            raise self.bad(name, f"longer than {_LONGEST.get(name, 40)} characters")
        if "\x00" in value:
            raise self.bad(name, "contains a NUL character")
        return value

    def code(self, name: str, length: int) -> str:
        """Return a code with its leading zeros."""
        # A spreadsheet drops leading zeros, a data frame adds ".0"; neither changes the number.
        value = self.raw(name).removesuffix(".0")
        if not value:
            return ""
        if not (value.isascii() and value.isalnum()) or len(value) > length:
            raise self.bad(name, f"not a code of {length} characters")
        return value.zfill(length)

    def whole(self, name: str) -> int | None:
        """Return a whole number, None if there is none."""
        value = self.raw(name).removesuffix(".0")
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or len(value) > len("2147483"):
            raise self.bad(name, "not a whole number")
        return int(value)

    def truth(self, name: str) -> bool:
        """Return a boolean; an empty field is false."""
        value = self.raw(name).lower()
        if not value:
            return False
        if value not in _TRUTH:
            raise self.bad(name, "neither true nor false")
        return _TRUTH[value]

    def coordinates(self) -> tuple[float | None, float | None]:
        """Return latitude and longitude, both or neither."""
        latitude, longitude = self._degrees("latitude", 90), self._degrees("longitude", 180)
        if (latitude is None) != (longitude is None):
            raise self.bad(
                "latitude" if latitude is None else "longitude", "one coordinate without the other"
            )
        return latitude, longitude

    def _degrees(self, name: str, largest: int) -> float | None:
        value = self.raw(name)
        if not value:
            return None
        try:
            degrees = float(value)
        except ValueError:
            raise self.bad(name, "not a number") from None
        if not abs(degrees) <= largest:
            raise self.bad(name, "not a place on Earth")
        return degrees

    def moment(self, name: str) -> datetime:
        """Return a moment in local time."""
        moment = _moment(self._columns.dates, self.needed(name))
        if moment is None:
            raise self.bad(name, f"not a date and time such as {self._columns.date_example}")
        return moment

    def revision(self) -> str:
        """Return the version of the row, greater for later ones; a hash of the row if the file has none."""
        column = self._columns.revision
        if column is None:
            return sha256(repr(sorted(self._row.items())).encode()).hexdigest()[:32]
        text = self._row.get(column, "").strip()
        moment = _moment(self._columns.dates, text) if text else None
        if moment is None:
            raise BadValue(
                column,
                f"not a date and time such as {self._columns.date_example}"
                if text
                else "the value is missing",
            )
        return moment.strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=4096)
def _moment(forms: tuple[str, ...], text: str) -> datetime | None:
    for form in forms:
        with suppress(ValueError):
            if form != ISO:
                return datetime.strptime(text, form).replace(tzinfo=city().zone)
            if _ISO_DATE.fullmatch(text):
                return datetime.fromisoformat(text).replace(tzinfo=city().zone)
    return None
