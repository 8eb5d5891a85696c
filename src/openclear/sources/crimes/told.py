"""One row of a file, read field by field: an invalid value is reported by its column. Pure."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from openclear.sources.crimes.mapping import Columns
from openclear.sources.crimes.moments import Moment, moment_of
from openclear.sources.errors import BadValue
from openclear.vocabulary import clock
from openclear.vocabulary.city import city
from openclear.vocabulary.ranges import is_within

# What R, pandas, SQL and spreadsheets write for a value that is missing.
_MISSING = frozenset(
    {"NA", "N/A", "#N/A", "<NA>", "NULL", "Null", "null", "NaN", "nan", "NAN", "NaT", "None", "\\N"}
)
_TRUTH = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0"), False),
}
# The limits of the database columns.
_LONGEST = {
    "source_id": 40, "rd_number": 20, "block": 80, "primary_type": 60, "description": 80, "location": 80, "fbi_code": 4,
}  # fmt: skip
_LONGEST_KEPT = 100
LARGEST_NUMBER, LARGEST_PLANE = 9999, 9_999_999
_SPACES = re.compile("[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_POINT_ZERO = re.compile(r"\.0+")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SHORTENED = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+", re.ASCII)
_DEGREES = re.compile(r"[+-]?\d{1,3}([.,]\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
MIDNIGHT = "dates without a time of day, taken as midnight"
NO_PLACE = "points that stand for an unknown place, imported without a point"
REMARKS = "numbers with a remark after them, imported without the remark"


class Told:
    """One row, read by field names. `noted`: how often a value was understood in a way that a person should know."""

    def __init__(self, row: Mapping[str, str], columns: Columns, noted: Counter[str]) -> None:
        """`row`: values by column."""
        self._row, self._columns, self._noted = row, columns, noted
        self._of = columns.column_of

    def bad(self, name: str, reason: str) -> BadValue:
        """Return the error for a field's column."""
        return BadValue(self._columns.column_of.get(name, name), reason)

    def raw(self, name: str) -> str:
        """Return a field as written, without spaces around it; "" if it is missing or the file has no such column."""
        column = self._of.get(name)
        return self._cleaned(column) if column else ""

    def _cleaned(self, column: str) -> str:
        told = self._row.get(column, "")
        value = _clean(told) if len(told) <= _LONGEST_KEPT else _clean.__wrapped__(told)
        if value is None:
            strange = next(character for character in _SPACES.sub("", told) if not character.isprintable())
            raise BadValue(column, f"contains the control or invisible character U+{ord(strange):04X}")
        return value

    def needed(self, name: str) -> str:
        """Return a required field in capitals."""
        value = self.capitals(name)
        if not value:
            raise self.bad(name, "the value is missing")
        return value

    def text(self, name: str) -> str:
        """Return a field as text."""
        return self._short(name, self.raw(name))

    def capitals(self, name: str) -> str:
        """Return a field in capitals: one value in two spellings is one."""
        return self._short(name, self.raw(name).upper())

    def _short(self, name: str, value: str) -> str:
        if len(value) > _LONGEST.get(name, 40):
            raise self.bad(name, f"longer than {_LONGEST.get(name, 40)} characters")
        return value

    def identity(self) -> str:
        """Return the row's id, without the ".0" or the thousands that a spreadsheet or data frame adds to a number."""
        value, form = self.text("source_id"), re.compile(self._columns.id_form, re.ASCII)
        if not value:
            raise self.bad("source_id", "the value is missing")
        grouped = value.replace(",", "") if _THOUSANDS.fullmatch(value) else value
        for text in (value, grouped, _without_zero(grouped)):
            if form.fullmatch(text):
                return text
        if _SHORTENED.fullmatch(value):
            raise self.bad("source_id", "a spreadsheet has shortened this number; its last digits are lost")
        raise self.bad("source_id", f"not an id of the form {self._columns.id_form}")

    def number(self) -> str:
        """Return the incident's number; a remark after one is left out."""
        value = self.raw("rd_number").upper()
        told = re.match(rf"({city().formats.incident_number})(?=[ (\[,;])", value, re.ASCII)
        if told:
            self._noted[REMARKS] += 1
            return told[1]
        return self._short("rd_number", value)

    def code(self, name: str, length: int) -> str:
        """Return a code in uppercase with its leading zeros; `051-A` is 051A."""
        # A spreadsheet drops leading zeros, a data frame adds ".0"; neither changes the number.
        value = _without_zero(self.raw(name)).replace("-", "").upper()
        if not value:
            return ""
        if not (value.isascii() and value.isalnum()) or len(value) > length:
            raise self.bad(name, f"not a code of {length} characters")
        return value.zfill(length)

    def whole(self, name: str, largest: int | None) -> int | None:
        """Return the number of an area, None if the field is empty. `largest`: the city's last one.

        Zero is a number: the city's files have it for places that lie in no area.
        """
        value = _without_zero(self._plain(name))
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or len(value) > len(str(LARGEST_NUMBER)):
            raise self.bad(name, "not a whole number")
        if int(value) > (largest or LARGEST_NUMBER):
            raise self.bad(name, f"the city has only the numbers 1 to {largest or LARGEST_NUMBER}")
        return int(value)

    def _plain(self, name: str) -> str:
        value = self.raw(name)
        return value.replace(",", "") if _THOUSANDS.fullmatch(value) else value

    def truth(self, name: str) -> bool | None:
        """Return a boolean, None if the field is empty."""
        value = self.raw(name).lower()
        if not value:
            return None
        if value not in _TRUTH:
            raise self.bad(name, "neither true nor false")
        return _TRUTH[value]

    def plane(self, name: str) -> int | None:
        """Return a plane coordinate, to the nearest whole unit; None if there is none: zero means that too."""
        value = self._plain(name).replace(",", ".")
        if not value:
            return None
        if not re.fullmatch(r"-?\d{1,10}(\.\d*)?", value, re.ASCII):
            raise self.bad(name, "not a number")
        feet = round(float(value))
        if feet and not is_within(feet, getattr(city().ranges, name) or (-LARGEST_PLANE, LARGEST_PLANE)):
            raise self.bad(name, "outside the city")
        return feet or None

    def point(self) -> tuple[float | None, float | None]:
        """Return latitude and longitude, both or neither."""
        latitude, longitude = self._degrees("latitude", 90), self._degrees("longitude", 180)
        if latitude is None or longitude is None:
            if latitude is longitude:
                return None, None
            raise self.bad(
                "latitude" if latitude is None else "longitude", "one coordinate without the other"
            )
        ranges = city().ranges
        if any(_is_at(place, latitude, longitude) for place in ((0.0, 0.0), *ranges.unknown_points)):
            self._noted[NO_PLACE] += 1
            return None, None
        if not ranges.holds(latitude, longitude):
            swapped = ": latitude and longitude are swapped" if ranges.holds(longitude, latitude) else ""
            raise self.bad("latitude", f"outside the city{swapped}")
        return latitude, longitude

    def _degrees(self, name: str, largest: int) -> float | None:
        value = self.raw(name)
        if not value:
            return None
        if not _DEGREES.fullmatch(value):
            raise self.bad(name, "not a number of degrees")
        degrees = float(value.replace(",", "."))  # a decimal comma: degrees have no thousands
        if not abs(degrees) <= largest:
            raise self.bad(name, "not a place on Earth")
        return degrees

    def occurred(self) -> datetime:
        """Return when it happened: not before the city's first records, and not in the future."""
        moment = self._moment(self._columns.column_of["occurred"])
        earliest = city().ranges.earliest_incident or city().ranges.earliest_boundary
        if moment.at.date() < earliest:
            raise self.bad("occurred", f"before {earliest}, the first day of the city's records")
        if not moment.has_time:
            self._noted[MIDNIGHT] += 1
        return moment.at

    def _moment(self, column: str) -> Moment:
        text = self._cleaned(column)
        if not text:
            raise BadValue(column, "the value is missing")
        moment = moment_of(self._columns.dates, text)
        if moment is None:
            raise BadValue(column, f"not a date and time such as {self._columns.date_example}")
        if moment.at > clock.now():
            raise BadValue(column, "lies in the future")
        return moment

    def revision(self) -> str:
        """Return the version of the row, greater for later ones; a hash of the row if the file has none."""
        column = self._columns.revision
        if column is None:
            return sha256(repr(sorted(self._row.items())).encode()).hexdigest()[:32]
        return self._moment(column).at.strftime("%Y-%m-%dT%H:%M:%S")


# Most values of a file occur many times.
@lru_cache(maxsize=50_000)
def _clean(told: str) -> str | None:
    # None: it contains a character that nobody sees.
    value = _SPACES.sub(" ", told).strip(" ")
    if not value.isprintable():
        return None
    return "" if value in _MISSING else value


def _without_zero(value: str) -> str:
    whole, point, zeros = value.partition(".")
    return whole if point and _POINT_ZERO.fullmatch(point + zeros) else value


def _is_at(place: tuple[float, float], latitude: float, longitude: float) -> bool:
    # The same place, however many decimals it was saved with.
    return math.isclose(place[0], latitude, abs_tol=1e-4) and math.isclose(place[1], longitude, abs_tol=1e-4)
