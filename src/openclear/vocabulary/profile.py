"""The city's profile (law 11): everything that differs from city to city.

A folder holds `city.toml` and tables (`cities/README.md` describes each). The one that ships is named in
`cities/shipped.txt`; a city set up with `init --city` has its own copy in its home.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.ranges import Ranges

FILE = "city.toml"


@dataclass(frozen=True, slots=True)
class Words:
    """The city's terms in one language, as used in the middle of a sentence. `area`: one unit of the public map."""

    city: str
    department: str
    area: str
    incident_number: str
    arrest_number: str


@dataclass(frozen=True, slots=True)
class Formats:
    """How numbers look: a regular expression and an example of each; of codes the number of characters.

    `block`: how a block begins; an address that does not begin so is published nowhere. `block_forms`: the beginnings
    of the block of a house number, with its hundreds or tens in braces. `district_in_beat`: how many of the last
    characters of its district a beat begins with; 0 if beats are not numbered this way.
    """

    incident_number: str
    incident_number_example: str
    arrest_number: str
    arrest_number_example: str
    beat: int
    beat_example: str
    district: int
    district_example: str
    district_in_beat: int
    offense_code: int
    offense_code_example: str
    area_example: str
    block: str
    block_forms: tuple[str, ...]
    block_example: str
    street_example: str


@dataclass(frozen=True, slots=True)
class License:
    """The terms under which the city publishes its data: their name and the address where they can be read."""

    name: str
    address: str


@dataclass(frozen=True)
class City:
    """One city. `folder`: where its tables are. `sources`: the sources of rules, by the name that the rules use.

    `root`: the agency above all others of the city. `host`: the department whose records these are. `oversight`: the
    agency that oversees it. `counsel`: the general counsel's agency. `area_kind`: the areas of the public map.
    """

    folder: Path
    root: str
    host: str
    oversight: str
    counsel: str
    time_zone: str
    plate_state: str
    area_kind: str
    formats: Formats
    ranges: Ranges
    license: License
    words: Mapping[str, Words]
    sources: Mapping[str, str]
    agencies: tuple[Mapping[str, Any], ...]
    zone: ZoneInfo = field(compare=False)

    def words_in(self, language: str) -> Words:
        """Return the city's words in a language such as `es` or `es-mx`; in English if it has none."""
        return self.words.get(language.partition("-")[0], self.words["en"])

    @property
    def area_column(self) -> str:
        """The column of published files with the area: `community_area`, or `district`."""
        return self.area_kind.replace("-", "_")

    def source(self, text: str) -> str:
        """Return the source of a rule: `$members` means this city's own document. Raises WrongUsage."""
        try:
            return Template(text).substitute(self.sources)
        except (KeyError, ValueError) as error:
            message = f"{self.folder / FILE} names no source {error}; add it to its table [sources]."
            raise WrongUsage(message) from None

    def table(self, name: str) -> list[dict[str, str]]:
        """Return one of the city's tables as rows by column name; no rows if it has no such table. Codes are text."""
        path = self.folder / name
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.is_file() else []

    def text(self, name: str) -> str:
        """Return one of the city's files as text. Raises WrongUsage if it is missing."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except OSError as error:
            message = f"The city's profile lacks {self.folder / name} ({error.strerror}); add it, or choose another profile."
            raise WrongUsage(message) from None

    def imports(self) -> dict[str, Path]:
        """Return the mappings of the files that the city imports, by the name that `openclear import` takes."""
        return {path.stem: path for path in sorted((self.folder / "imports").glob("*.toml"))}

    @property
    def demo(self) -> Path | None:
        """The folder of the invented city, or None if the profile has none."""
        folder = self.folder / "demo"
        return folder if folder.is_dir() else None
