"""Reading a city's profile: every error in it is reported in one sentence. Pure, apart from reading the file."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.blocks import faulty_form
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.profile import FILE, City, Formats, License, Words
from openclear.vocabulary.ranges import read_ranges

AREA_KINDS = ("community-area", "district")
# The limit of the database column.
LONGEST_CODE = 12
# No block is written like these.
EXACT = ("4721 S MAIN AVE", "123 MAIN ST", "17 ALDER ST APT 3")
_MAY_BE_NONE = {"district_in_beat"}
_MEANT: Mapping[Any, str] = {
    str: "a text in quotes",
    int: "a whole number",
    tuple[str, ...]: "a list of texts in quotes",
}


def read_city(folder: Path) -> City:
    """Return the profile in a folder. Raises WrongUsage with one sentence about the first error in it."""
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = (
            f"There is no city's profile at {path} ({error.strerror}); name the folder that holds {FILE}."
        )
        raise WrongUsage(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{path} is not a TOML file ({error}); correct it.") from None
    try:
        return _checked(_city(folder, told))
    except WrongUsage as error:
        raise WrongUsage(f"{path}: {error}") from None


def _city(folder: Path, told: Mapping[str, Any]) -> City:
    _refuse_unknown("", told, {*_names(City), "agencies"} - {"folder", "zone"})
    plain = {
        name: _text(told, name)
        for name in ("root", "host", "oversight", "counsel", "time_zone", "plate_state", "area_kind")
    }
    languages = _section(told, "words")
    return City(
        folder=folder, **plain, formats=_part(Formats, told, "formats"), ranges=read_ranges(_section(told, "ranges")),
        license=_part(License, told, "license"),
        words={language: _part(Words, languages, language) for language in languages},
        sources={name: _text(_section(told, "sources"), name, "sources.") for name in _section(told, "sources")},
        agencies=_agencies(told.get("agencies", [])), zone=_zone(plain["time_zone"]),
    )  # fmt: skip


def _checked(city: City) -> City:
    for path in (city.root, city.host, city.oversight, city.counsel):
        agency_path(path)
    strange = _strange(city.sources)
    outside = [path for path in (city.host, city.oversight, city.counsel) if not is_within(path, city.root)]
    rules: list[tuple[bool, str]] = [
        (
            not outside,
            f"host, oversight and counsel must be below the root {city.root}; {', '.join(outside)} is not.",
        ),
        (
            not is_within(city.oversight, city.host) and not is_within(city.host, city.oversight),
            "oversight is not part of the department that it watches.",
        ),
        (city.area_kind in AREA_KINDS, f"area_kind is {' or '.join(AREA_KINDS)}, not '{city.area_kind}'."),
        ("en" in city.words, "write the city's words in English: the table [words.en] is missing."),
        (not strange, f"sources.{strange} has a quote, a backslash or a line break; leave it out."),
        (
            _registers(city),
            "[[agencies]] lists root, host and oversight and everything above them, root first.",
        ),
    ]
    for holds, message in rules:
        if not holds:
            raise WrongUsage(message)
    for name, compared in (
        ("incident_number", re.fullmatch),
        ("arrest_number", re.fullmatch),
        ("block", re.match),
    ):
        _check_format(city.formats, name, compared)
    if exact := [text for text in EXACT if re.match(city.formats.block, text)]:
        raise WrongUsage(
            f"formats.block takes the exact address {exact[0]} for a block, so addresses would be published."
        )
    if fault := faulty_form(city.formats.block_forms, city.formats.block):
        raise WrongUsage(fault)
    if not re.match("https?://", city.license.address):
        raise WrongUsage("license.address is where the license can be read; begin it with https://.")
    return city


def _strange(sources: Mapping[str, str]) -> str:
    # A source is written into the text of a rule, where these would end it.
    return next(
        (name for name, text in sources.items() if not text.isprintable() or set(text) & set('"\\')), ""
    )


def _registers(city: City) -> bool:
    named = [str(row.get("path")) for row in city.agencies]
    above = {path.rpartition(".")[0] for path in named} - {""}
    return {city.root, city.host, city.oversight, city.counsel, *above} <= set(named)


def _check_format(formats: Formats, name: str, compared: Callable[[str, str], object]) -> None:
    form, example = getattr(formats, name), getattr(formats, f"{name}_example")
    try:
        fits = compared(form, example)
    except re.error as error:
        raise WrongUsage(f"formats.{name} is not a regular expression ({error}).") from None
    if not fits:
        raise WrongUsage(f"formats.{name}_example '{example}' is not of the form {form}.")


def _part(kind: Callable[..., Any], told: Mapping[str, Any], name: str) -> Any:
    section = _section(told, name)
    known = {each.name: each.type for each in fields(kind)}  # type: ignore[arg-type] # a dataclass
    _refuse_unknown(f"{name}.", section, set(known))
    for key, wanted in known.items():
        value = section.get(key)
        if not _is_of(value, wanted):
            raise WrongUsage(f"{name}.{key} is {_MEANT[wanted]}; write it so.")
        if isinstance(value, int) and not (key not in _MAY_BE_NONE) <= value <= LONGEST_CODE:
            raise WrongUsage(f"{name}.{key} is a number of characters, at most {LONGEST_CODE}.")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in section.items()})


def _is_of(value: object, wanted: Any) -> bool:
    if wanted == tuple[str, ...]:
        return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    return type(value) is wanted


def _agencies(told: object) -> tuple[Mapping[str, Any], ...]:
    # Which values an agency may have, the registry says.
    rows = told if isinstance(told, list) else [told]
    for row in rows:
        if not isinstance(row, dict):
            raise WrongUsage("each of the agencies is a table [[agencies]] with path, name and kind.")
        for name, value in row.items():
            wanted: Any = tuple[str, ...] if name == "oris" else str
            if not _is_of(value, wanted):
                raise WrongUsage(f"{name} of an entry of [[agencies]] is {_MEANT[wanted]}; write it so.")
    return tuple(rows)


def _names(kind: Any) -> set[str]:
    return {each.name for each in fields(kind)}


def _refuse_unknown(where: str, told: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(told) - known):
        raise WrongUsage(f"there is no {where}{unknown[0]}; the names here are {', '.join(sorted(known))}.")


def _section(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = told.get(name)
    if not isinstance(section, dict):
        raise WrongUsage(f"the table [{name}] is missing.")
    return section


def _text(told: Mapping[str, Any], name: str, where: str = "") -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise WrongUsage(f"{where}{name} is missing; write it as a text in quotes.")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongUsage(f"there is no time zone '{name}'; write one such as America/New_York.") from None
