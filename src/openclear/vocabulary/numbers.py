"""Codes of beats and districts as a city writes them: uppercase, with leading zeros."""

from openclear.vocabulary.city import city

# What the addresses and the files of the public site take.
LONGEST_AREA = 4


def district_code(text: str) -> str:
    """Return a district as records have it, such as 009 for 9; "" if empty."""
    return _code(text, city().formats.district)


def beat_code(text: str) -> str:
    """Return a beat as records have it, such as 0934 for 934; "" if empty."""
    return _code(text, city().formats.beat)


def code_pattern(length: int) -> str:
    """Return the regular expression for a code of at most this many characters."""
    return rf"[0-9A-Za-z]{{1,{length}}}"


def is_area_number(code: str) -> bool:
    """Say whether the public map can count by an area with this code: a number of at most four digits."""
    return code.isdecimal() and len(code.lstrip("0")) <= LONGEST_AREA


def is_beat_of(beat: str, district: str) -> bool:
    """Say whether a beat can be in a district: if beats are numbered by district, 1124 is in 011."""
    told = city().formats.district_in_beat
    return not told or beat.startswith(district[-told:])


def _code(text: str, length: int) -> str:
    code = text.strip().upper()
    return code.zfill(length) if code else ""
