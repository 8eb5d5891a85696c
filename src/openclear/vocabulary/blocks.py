"""Blocks as a city writes them: the beginning of the block of a house number, and the street of a block. Pure."""

import re
from collections.abc import Iterable
from string import Formatter

# Parts of a house number that the name of a block may have: of 4721 the hundreds are 47, the tens 472.
PARTS = ("hundreds", "tens")
# House numbers that every form is tried with.
TRIED = (4, 17, 4721, 12345)


def beginnings(forms: Iterable[str], number: int) -> tuple[str, ...]:
    """Return how the block of a house number may begin, such as `047XX ` for 4721, the usual form first."""
    return tuple(form.format(hundreds=number // 100, tens=number // 10) for form in forms)


def street_of(block: str, form: str) -> str:
    """Return the street of a block without its number. `form`: the city's expression for how a block begins."""
    found = re.match(form, block)
    return block[found.end() :].strip() if found else ""


def number_of(block: str) -> int:
    """Return the first house number of a block, for its order along the street; 0 if it has none."""
    found = re.match(r"[0-9X]+", block)
    digits = found[0].replace("X", "0") if found else ""
    return int(digits) if digits else 0


def faulty_form(forms: Iterable[str], block: str) -> str:
    """Return a sentence about the first form that does not write the beginning of a block, "" if all do."""
    for form in forms:
        try:
            parts = [name for _, name, _, _ in Formatter().parse(form) if name is not None]
            begun = beginnings([form], TRIED[0]) if parts and set(parts) <= set(PARTS) else ()
        except (ValueError, IndexError, KeyError, AttributeError):
            begun = ()
        if not begun:
            return f"formats.block_forms: '{form}' writes no house number; use {{hundreds}} or {{tens}}."
        wrong = [text for text in _tried(form) if not _begins(block, text)]
        if wrong:
            return f"formats.block_forms: '{form}' writes '{wrong[0]}', which formats.block does not match."
    return ""


def _tried(form: str) -> list[str]:
    return [beginnings([form], number)[0] for number in TRIED]


def _begins(block: str, text: str) -> bool:
    found = re.match(block, text)
    return bool(found) and found.end() == len(text)  # type: ignore[union-attr] # found is a match here
