"""What is shown of people: frozen, with the hidden fields already removed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from openclear.records.found import given, narrows, shows
from openclear.vocabulary.days import check_range


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list of results. `home_address` is None if the requester may not see it."""

    id: UUID
    name: str = field(metadata=shows("Andrzej Kowalski"))
    birth_date: date | None
    sex: str
    height_inches: int | None
    weight_pounds: int | None
    hair: str
    eyes: str
    other_names: tuple[str, ...]
    home_address: str | None


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Where a person lives or lived. `kind`: home, former, work."""

    kind: str
    line: str
    since: date | None
    until: date | None


ROLES = {
    "arrestee": "arrestee", "suspect": "suspect", "victim": "victim", "witness": "witness",
    "reporting party": "reporting party",
}  # fmt: skip
MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class PersonPart:
    """What the page of a person shows: a part of the history ("" for the newest of each), its page, and filters of the part."""

    part: str = field(
        default="", metadata=narrows("Part", choices={"arrests": "Arrests", "involvements": "Involvements"})
    )
    page: int | None = field(default=None, metadata=narrows("Page", most=MOST_PAGES))
    since: date | None = field(default=None, metadata=narrows("From", example="1985-06-30"))
    until: date | None = field(default=None, metadata=narrows("To", example="1985-06-30"))
    words: str = field(default="", metadata=narrows("Charge or offense", longest=60, example="burglary"))
    role: str = field(default="", metadata=narrows("Role", choices=ROLES))


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Filters of a search for people: first and last day of birth, sex (M, F, X or "").

    `born_unknown`: also people without a birth date, which a search by birth does not find otherwise.
    """

    born_from: date | None = field(default=None, metadata=narrows("Born from", example="1985-06-30"))
    born_to: date | None = field(default=None, metadata=narrows("Born to", example="1985-06-30"))
    sex: str = field(
        default="", metadata=narrows("Sex", choices={"F": "female", "M": "male", "X": "not stated"})
    )

    born_unknown: bool | None = field(default=None, metadata=narrows("Also without a birth date"))

    def __post_init__(self) -> None:
        """Raise EndsBeforeItBegins if the last day is before the first."""
        check_range(("Born from", self.born_from), ("Born to", self.born_to))

    def births(self) -> dict[str, Any]:
        """Return the conditions on the birth date, as the table takes them."""
        return given({"birth_date__gte": self.born_from, "birth_date__lte": self.born_to})

    def lookups(self) -> dict[str, Any]:
        """Return the other conditions, as the table takes them."""
        return given({"sex": self.sex.upper()})
