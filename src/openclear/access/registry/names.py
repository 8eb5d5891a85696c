"""Handles and names that nobody can take for another: no letters that look like others, nothing that cannot be seen.

What looks alike is the Unicode Consortium's list (UTS 39), as `confusable_homoglyphs` has it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.without_grant import without_grant

LONGEST_NAME = 120
_HANDLE = re.compile(r"[a-z][a-z0-9._-]{0,39}")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Punctuation, digits and accents belong to every script.
_ANY_SCRIPT = frozenset({"COMMON", "INHERITED"})


@without_grant("reads nothing: it makes a value of what was typed")
def plain_handle(text: str) -> str:
    """Return a handle as it is stored, in small letters. Raises WrongUsage if it could be taken for another."""
    _check_seen("The handle", text.strip())
    handle = handle_of(text)
    if foreign := next((one for one in handle if not one.isascii()), ""):
        raise WrongUsage(f"The handle has {_told(foreign)}; write it with the letters a to z.")
    if not _HANDLE.fullmatch(handle):
        raise WrongUsage(
            "Write the handle with letters a to z, digits, '.', '_' and '-', beginning with a letter, and at most 40 "
            "of them, such as jsmith2."
        )
    return handle


@without_grant("reads nothing: it makes a value of what was typed")
def plain_name(text: str, what: str) -> str:
    """Return the name of an agency or a person as it is stored, with single spaces. `what`: what it names, for the sentence.

    Raises WrongUsage for letters of two alphabets, full width, and characters that cannot be seen or that turn the text
    around.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    _check_seen(what, name)
    if not name or len(name) > LONGEST_NAME:
        raise WrongUsage(f"{what} has between 1 and {LONGEST_NAME} characters.")
    scripts = {one: _script(one) for one in name}
    if len(set(scripts.values()) - _ANY_SCRIPT) > 1:
        foreign = next(one for one, script in scripts.items() if script not in {"LATIN", *_ANY_SCRIPT})
        raise WrongUsage(f"{what} mixes alphabets: it has {_told(foreign)}. Write all of it in one alphabet.")
    return name


@without_grant("reads nothing: it compares what it is given")
def check_distinct(text: str, others: Iterable[str], what: str) -> None:
    """Raise NotPossible if `text` looks like one of `others` and is not the same. `what`: what it names, for the sentence."""
    look = look_of(text)
    if other := next((one for one in others if one != text and look_of(one) == look), ""):
        raise NotPossible(
            f"{what} '{text}' could be taken for '{other}', which is registered; choose one that differs more."
        )


@without_grant("reads nothing: it makes a value of what was typed")
def look_of(text: str) -> str:
    """Return what a reader sees, regardless of capitals: equal for two texts that are taken for each other."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_look_of_character(one) for one in folded)


def _check_seen(what: str, text: str) -> None:
    for one in unicodedata.normalize("NFC", text):
        if unicodedata.bidirectional(one) in _TURNS:
            raise WrongUsage(f"{what} has a character that turns the text around ({_named(one)}); remove it.")
        if unicodedata.category(one) in _UNSEEN or (one.isspace() and one != " "):
            raise WrongUsage(f"{what} has a character that cannot be seen ({_named(one)}); type it again.")
        plain = unicodedata.normalize("NFKC", one)
        if plain != one:
            raise WrongUsage(
                f"{what} has '{one}' ({_named(one)}), another form of '{plain.strip()}'; type that."
            )


def _told(character: str) -> str:
    """Return a character as a sentence names it: itself, its name, and the letter that it looks like."""
    plain = min((one for one in _alike(character) if one.isascii() and one.isalpha()), default="")
    looks = f", which looks like '{plain}'" if plain else ""
    return f"'{character}' ({_named(character)}){looks}"


def _named(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}")


@cache
def _look_of_character(character: str) -> str:
    # Of those that look alike the longest stands for all, as "rn" does for "m"; then the first.
    plain = [one for one in _alike(character) if one.isascii()]
    return min(plain, key=lambda one: (-len(one), one), default=character)


def _alike(character: str) -> set[str]:
    # The list names for each character those of its group, for a capital sometimes others than for the small letter.
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415 - a megabyte of words

    found, left = {character}, [character]
    while left:
        one = left.pop()
        listed = [item["c"] for form in {one, one.upper()} for item in confusables_data.get(form, ())]
        new = {other.lower() for other in listed if other.isascii()} - found
        found |= new
        left.extend(new)
    return found


def _script(character: str) -> str:
    from confusable_homoglyphs.categories import alias  # noqa: PLC0415 - as above

    return str(alias(character))
