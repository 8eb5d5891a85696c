"""The data of the invented city: the folder `demo` of the city's profile."""

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible


def table(name: str) -> list[dict[str, str]]:
    """Return one of the tables of the invented city as rows by column name. Raises NotPossible if there is none."""
    return _table(_folder() / name)


def told(name: str) -> Any:
    """Return one table of `demo.toml`. Raises NotPossible if the profile has no invented city, or this table is missing."""
    path = _folder() / "demo.toml"
    if name not in _told(path):
        raise NotPossible(f"{path} has no table [{name}]; add it.")
    return _told(path)[name]


def _folder() -> Path:
    folder = city().demo
    if folder is None:
        raise NotPossible(
            "This city's profile has no invented city (a folder demo); set it up with openclear init."
        )
    return folder


@cache
def _table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def _told(path: Path) -> Any:
    return tomllib.loads(path.read_text(encoding="utf-8"))
