"""How stops and calls are numbered, how long they are open, what must be said of them. Pure."""

import re
import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.purposes import Purpose

OPEN_FOR = timedelta(minutes=60)
# As many as sit in a car; every attempt counts, found or not.
MOST_PEOPLE = 8
LONGEST_PLACE, LONGEST_OUTCOME, LONGEST_PLATE = 120, 200, 8
SHORTEST_PLATE, SHORTEST_NAME = 2, 2
STOP, CALL = "stop", "call"
PURPOSE_OF: Mapping[str, Purpose] = {STOP: Purpose.TRAFFIC_STOP, CALL: Purpose.DISPATCH_RESPONSE}
KIND_OF: Mapping[Purpose, str] = {purpose: kind for kind, purpose in PURPOSE_OF.items()}
# Letters and digits that are not taken for each other when they are read out on the radio.
_LETTERS = "ACDEFHJKLMNPQRTUVWXY3479"
_NUMBER = re.compile(rf"(?:STOP|CALL)-\d{{8}}-[{_LETTERS}]{{6}}")


def new_number(kind: str, day: date) -> str:
    """Return a number for a stop or call, such as `STOP-20261128-7KRM4X`; it says nothing about how many there are."""
    chosen = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return f"{kind.upper()}-{day:%Y%m%d}-{chosen}"


def is_number(text: str) -> bool:
    """Say whether `text` is written as the number of a stop or call."""
    return _NUMBER.fullmatch(text) is not None


def purpose_named_by(number: str) -> Purpose:
    """Return the purpose of the stop or call with this number. Raises WrongUsage if it is not written as one."""
    if not is_number(number):
        raise WrongUsage("Choose one of your own stops or calls on the search page.")
    return PURPOSE_OF[number.partition("-")[0].lower()]


def checked_place(text: str) -> str:
    """Return the place of a stop. Raises WrongUsage without one."""
    place = " ".join(text.split())
    if not 0 < len(place) <= LONGEST_PLACE:
        raise WrongUsage(f"Enter the place of the stop or call, of at most {LONGEST_PLACE} characters.")
    return place


def checked_plate(plate: str) -> str:
    """Return a plate that was normalized. Raises WrongUsage for one that is too short or too long to be whole."""
    if not SHORTEST_PLATE <= len(plate) <= LONGEST_PLATE:
        raise WrongUsage(f"Enter the whole plate, {SHORTEST_PLATE} to {LONGEST_PLATE} letters and digits.")
    return plate


def checked_words(words: list[str]) -> list[str]:
    """Return the words of a full name. Raises WrongUsage if it is not one: a given and a family name."""
    if len(words) < SHORTEST_NAME:
        raise WrongUsage("Enter the full name, given and family, as on the license or the identity card.")
    return words


def checked_outcome(text: str) -> str:
    """Return the line on what came of a stop. Raises WrongUsage without one."""
    outcome = " ".join(text.split())
    if not 0 < len(outcome) <= LONGEST_OUTCOME:
        raise WrongUsage(f"Say in one line what came of it, of at most {LONGEST_OUTCOME} characters.")
    return outcome
