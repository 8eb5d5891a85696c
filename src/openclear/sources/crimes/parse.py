"""From one row of a city's file of crimes to an incident and its offense. Pure: text in, typed values out."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from openclear.records.incidents.rows import IncidentFacts
from openclear.sources.crimes.mapping import Columns
from openclear.sources.crimes.told import Told
from openclear.vocabulary.city import city
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import nibrs_of


def parse_row(row: Mapping[str, str], columns: Columns, noted: Counter[str] | None = None) -> IncidentFacts:
    """Return the incident in a row. Raises BadValue for the first invalid value.

    `noted`: counts what was understood in a way that a person should know, such as a day without a time.
    """
    told = Told(row, columns, Counter() if noted is None else noted)
    source_id = told.identity()
    primary_type = columns.spelled("primary_type", told.needed("primary_type"))
    description, domestic = told.capitals("description"), _domestic(told, columns)
    code = told.code("iucr", city().formats.offense_code)
    labels = _labels(code, primary_type, description, domestic=domestic)
    offense = {
        "iucr": code, "primary_type": primary_type, "description": description, "fbi_code": told.capitals("fbi_code"),
        "nibrs": nibrs_of(code), "labels": labels.value,
    }  # fmt: skip
    incident = _incident(told, domestic=domestic, labels=labels)
    return IncidentFacts(source_id, told.revision(), incident, offense)


def _domestic(told: Told, columns: Columns) -> bool:
    # A handling label comes from it: in a file that has the column, an empty field must not go in as "no".
    domestic = told.truth("domestic")
    if domestic is None and "domestic" in columns.column_of:
        raise told.bad("domestic", "the value is missing, and a handling label comes from it")
    return bool(domestic)


def _incident(told: Told, *, domestic: bool, labels: Label) -> dict[str, Any]:
    latitude, longitude = told.point()
    return {
        "rd_number": told.number(),
        "occurred": told.occurred().astimezone(UTC),
        "block": told.needed("block"),
        "location": told.text("location"),
        **_places(told),
        "latitude": latitude,
        "longitude": longitude,
        "x_coordinate": told.plane("x_coordinate"),
        "y_coordinate": told.plane("y_coordinate"),
        "arrest_made": told.truth("arrest_made"),
        "domestic": domestic,
        "labels": labels.value,
    }


def _places(told: Told) -> dict[str, Any]:
    formats, ranges = city().formats, city().ranges
    beat, district = told.code("beat", formats.beat), told.code("district", formats.district)
    _check_district(told, "district", district)
    if formats.district_in_beat:
        _check_district(told, "beat", beat[: formats.district_in_beat])
    return {
        "beat": beat,
        "district": district,
        "ward": told.whole("ward", ranges.wards),
        "community_area": told.whole("community_area", ranges.community_areas),
    }


def _check_district(told: Told, name: str, number: str) -> None:
    last = city().ranges.districts
    if last and number.isdecimal() and not 1 <= int(number) <= last:
        raise told.bad(name, f"the city has only the districts 1 to {last}")


def _labels(code: str, primary_type: str, description: str, *, domestic: bool) -> Label:
    # The flag adds to the labels of the offense; if it is false, it removes nothing.
    return handling_of(code, primary_type, description).labels | (Label.DOMESTIC if domestic else NO_LABEL)
