"""From one row of the portal to an incident and its offense. Pure: text in, typed values out."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from openclear.records.commands import IncidentFacts
from openclear.sources.errors import BadValue, WrongFile
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import nibrs_of

SOURCE = "chicago-portal"
CHICAGO = ZoneInfo("America/Chicago")
COLUMNS = (
    "id", "case_number", "date", "block", "iucr", "primary_type", "description", "location_description",
    "arrest", "domestic", "beat", "district", "ward", "community_area", "fbi_code", "x_coordinate",
    "y_coordinate", "year", "updated_on", "latitude", "longitude", "location",
)  # fmt: skip
NEEDED = ("id", "date", "block", "iucr", "primary_type", "description", "updated_on")
# Law 6: what is not stored cannot be shared. A column that speaks of these is dropped, and said so.
FORBIDDEN = re.compile(
    r"immigra|citizen|country_of_birth|birth_country|birth_?place|place_of_birth|national(ity|_origin)|alien|visa"
    r"|origin|foreign|detainer|legal_status|nativ|deport|removal_order"
)
_PORTAL_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d):(\d\d) ([AP])M")
_API_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "y": True, "n": False}
_LONGEST = {
    "id": 40, "case_number": 12, "block": 80, "iucr": 4, "primary_type": 60, "description": 80,
    "location_description": 80, "fbi_code": 4,
}  # fmt: skip
_NOON = 12


def column_name(heading: str) -> str:
    """Return a heading in its API form: `Case Number`, `case_number` and `CASE NUMBER` are one column."""
    return re.sub(r"[^a-z0-9]+", "_", heading.strip().lower()).strip("_")


def read_heading(headings: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the column names and those that are dropped by law 6.

    Raises WrongFile where these are not the columns of the city's crimes.
    """
    names = [column_name(heading) for heading in headings]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        message = (
            f"This is not the city's crimes file: it has no column {', '.join(missing)}; "
            "download Crimes - 2001 to Present from the data portal."
        )
        raise WrongFile(message)
    return names, [name for name in names if FORBIDDEN.search(name)]


def parse_row(row: Mapping[str, str]) -> IncidentFacts:
    """Return the incident that a row tells. Raises BadValue for the first value that cannot be taken."""
    source_id = _needed(row, "id")
    if not (source_id.isascii() and source_id.isdigit()):
        raise BadValue("id", "the id is not a number")
    iucr = _text(row, "iucr")
    code = iucr.upper().zfill(4) if iucr else ""
    domestic = _truth(row, "domestic")
    primary_type, description = _needed(row, "primary_type"), _text(row, "description")
    labels = _labels(code, primary_type, description, domestic=domestic)
    latitude, longitude = _coordinates(row)
    incident = {
        "rd_number": _text(row, "case_number").upper(),
        "occurred": _moment("date", _needed(row, "date")).astimezone(UTC),
        "block": " ".join(_needed(row, "block").upper().split()),
        "location": _text(row, "location_description"),
        "beat": _code(row, "beat", 4),
        "district": _code(row, "district", 3),
        "ward": _whole(row, "ward"),
        "community_area": _whole(row, "community_area"),
        "latitude": latitude,
        "longitude": longitude,
        "x_coordinate": _whole(row, "x_coordinate"),
        "y_coordinate": _whole(row, "y_coordinate"),
        "arrest_made": _truth(row, "arrest"),
        "domestic": domestic,
        "labels": labels.value,
    }
    offense = {
        "iucr": code,
        "primary_type": primary_type,
        "description": description,
        "fbi_code": _text(row, "fbi_code").upper(),
        "nibrs": nibrs_of(code),
        "labels": labels.value,
    }
    revision = _moment("updated_on", _needed(row, "updated_on"))
    return IncidentFacts(source_id, revision.strftime("%Y-%m-%dT%H:%M:%S"), incident, offense)


def _labels(code: str, primary_type: str, description: str, *, domestic: bool) -> Label:
    # The flag adds to what the offense says by itself; that it is false takes nothing away.
    return handling_of(code, primary_type, description).labels | (Label.DOMESTIC if domestic else NO_LABEL)


def _needed(row: Mapping[str, str], column: str) -> str:
    value = _text(row, column)
    if not value:
        raise BadValue(column, "the value is missing")
    return value


def _text(row: Mapping[str, str], column: str) -> str:
    value = row.get(column, "").strip()
    if len(value) > _LONGEST.get(column, 40):
        raise BadValue(column, f"longer than {_LONGEST.get(column, 40)} characters")
    if "\x00" in value:
        raise BadValue(column, "holds a NUL character")
    return value


def _code(row: Mapping[str, str], column: str, length: int) -> str:
    # A spreadsheet eats leading zeros, a data frame adds ".0"; neither changes the number that is meant.
    value = row.get(column, "").strip().removesuffix(".0")
    if not value:
        return ""
    if not (value.isascii() and value.isalnum()) or len(value) > length:
        raise BadValue(column, f"not a code of {length} characters")
    return value.zfill(length)


def _whole(row: Mapping[str, str], column: str) -> int | None:
    value = row.get(column, "").strip().removesuffix(".0")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > len("2147483"):
        raise BadValue(column, "not a whole number")
    return int(value)


def _truth(row: Mapping[str, str], column: str) -> bool:
    value = row.get(column, "").strip().lower()
    if not value:
        return False
    if value not in _TRUTH:
        raise BadValue(column, "neither true nor false")
    return _TRUTH[value]


def _coordinates(row: Mapping[str, str]) -> tuple[float | None, float | None]:
    latitude, longitude = _degrees(row, "latitude", 90), _degrees(row, "longitude", 180)
    if (latitude is None) != (longitude is None):
        raise BadValue("latitude" if latitude is None else "longitude", "one coordinate without the other")
    return latitude, longitude


def _degrees(row: Mapping[str, str], column: str, largest: int) -> float | None:
    value = row.get(column, "").strip()
    if not value:
        return None
    try:
        degrees = float(value)
    except ValueError:
        raise BadValue(column, "not a number") from None
    if not abs(degrees) <= largest:
        raise BadValue(column, "no place on Earth")
    return degrees


@lru_cache(maxsize=4096)
def _moment(column: str, text: str) -> datetime:
    try:
        if match := _PORTAL_DATE.fullmatch(text):
            month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
            afternoon = _NOON if match[7] == "P" else 0
            return datetime(year, month, day, hour % _NOON + afternoon, minute, second, tzinfo=CHICAGO)
        if _API_DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)
    except ValueError:
        pass
    raise BadValue(column, "not a date and time such as 07/10/2019 01:30:00 PM")
