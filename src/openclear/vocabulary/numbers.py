"""Codes of beats and districts as a city writes them: with their leading zeros, upper case."""

from openclear.vocabulary.city import city


def district_code(text: str) -> str:
    """Return a district as it stands on records, such as 009 for 9; "" for nothing."""
    return _code(text, city().formats.district)


def beat_code(text: str) -> str:
    """Return a beat as it stands on records, such as 0934 for 934; "" for nothing."""
    return _code(text, city().formats.beat)


def code_pattern(length: int) -> str:
    """Return the regular expression of a code of at most so many characters."""
    return rf"[0-9A-Za-z]{{1,{length}}}"


def is_beat_of(beat: str, district: str) -> bool:
    """Say whether a beat can lie in a district: where beats are numbered by district, 1124 lies in 011."""
    told = city().formats.district_in_beat
    return not told or beat.startswith(district[-told:])


def _code(text: str, length: int) -> str:
    code = text.strip().upper()
    return code.zfill(length) if code else ""
