"""Which handling labels an offense has: by its code, or, if the code is missing, by its type and description.

The tables are the city's (`cities/*/offense_labels.csv`, `offense_wordings.csv`): data, each row with its reason. An
offense that no row decides is handled as the most sensitive offense of its type until a person adds a row.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from openclear.vocabulary.city import city
from openclear.vocabulary.labels import NO_LABEL, Label, label_name, united

CODES, WORDINGS = "offense_labels.csv", "offense_wordings.csv"
ANY_TYPE = "*"
_LABELS = {label_name(label): label for label in Label}
_NO_WORD = re.compile("[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Handling:
    """The labels of an offense. `decided`: a row of the city's tables gives them, not the most sensitive default."""

    labels: Label
    decided: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """One row of the second table.

    With labels: a description in which one of its words begins with `words` has these labels. Without labels: a
    description made only of `words` has none; an empty `words` matches any description.
    """

    types: frozenset[str]
    words: str
    labels: Label
    reason: str

    def is_of(self, primary_type: str) -> bool:
        """Say whether the row applies to this type."""
        return ANY_TYPE in self.types or primary_type in self.types

    def labels_in(self, description: str) -> Label:
        """Return the labels that the row gives a description of its type."""
        return self.labels if f" {self.words}" in f" {description}" else NO_LABEL


@dataclass(frozen=True)
class OffenseTable:
    """A city's two tables. `texts`: their text, so that it can be stored and read again."""

    texts: tuple[str, str]
    codes: Mapping[str, tuple[str, Label]]
    wordings: Sequence[Wording]

    def handling_of(self, iucr: str, primary_type: str, description: str) -> Handling:
        """Return the labels of one offense. If code and words disagree, the labels of both apply."""
        kind, words = _plain(primary_type), _plain(description)
        told = united(row.labels_in(words) for row in self.wordings if row.is_of(kind))
        if iucr in self.codes:
            return Handling(self.codes[iucr][1] | told, decided=True)
        if not iucr and (told or self._is_ordinary(kind, words)):
            return Handling(told, decided=True)
        return Handling(self.most_sensitive(kind) | told, decided=False)

    def most_sensitive(self, primary_type: str) -> Label:
        """Return every label that an offense of this type can have, or of any type if this one is unknown."""
        kind = _plain(primary_type)
        rows = [labels for known, labels in self.codes.values() if known == kind]
        rows += [row.labels for row in self.wordings if kind in row.types]
        return united(rows or [labels for _, labels in self.codes.values()])

    def _is_ordinary(self, kind: str, description: str) -> bool:
        rows = [row.words for row in self.wordings if kind in row.types and not row.labels]
        known = {word for words in rows for word in words.split()}
        return "" in rows or (bool(description) and known.issuperset(description.split()))


def read_offense_table(codes: str, wordings: str) -> OffenseTable:
    """Return the tables in two CSV texts. Raises KeyError for a label that does not exist."""
    return OffenseTable(
        (codes, wordings),
        {row["code"]: (_plain(row["primary_type"]), _labels(row["labels"])) for row in _rows(codes)},
        [
            Wording(
                frozenset(kind if kind == ANY_TYPE else _plain(kind) for kind in row["primary_type"].split("|")),
                row["words"], _labels(row["labels"]), row["reason"],
            )
            for row in _rows(wordings)
        ],
    )  # fmt: skip


def offense_table() -> OffenseTable:
    """Return the tables of this city."""
    return _offense_table(city().folder)


@cache
def _offense_table(_folder: Path) -> OffenseTable:
    return read_offense_table(city().text(CODES), city().text(WORDINGS))


@lru_cache(maxsize=8192)
def handling_of(iucr: str, primary_type: str, description: str) -> Handling:
    """Return the labels of one offense by the tables of this city."""
    return offense_table().handling_of(iucr, primary_type, description)


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", text.upper()).strip()


def _labels(text: str) -> Label:
    return united(_LABELS[name] for name in text.split())


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    return csv.DictReader(text.splitlines())
