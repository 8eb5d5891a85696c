"""The city that this process serves: its profile, its offense codes, its districts and areas."""

from pathlib import Path

from openclear.vocabulary.profile import City
from openclear.vocabulary.profile_file import read_city

CITIES = Path(__file__).resolve().parents[1] / "cities"


class _Chosen:
    city: City | None = None


def choose_city(folder: Path) -> None:
    """Serve the city whose profile is in `folder`, in this process, from now on: called before anything reads it.

    Raises WrongUsage where the profile is not in order.
    """
    _Chosen.city = read_city(folder)


def shipped_city() -> Path:
    """Return the folder of the profile that ships with the program."""
    return CITIES / (CITIES / "shipped.txt").read_text(encoding="utf-8").strip()


def city() -> City:
    """Return the profile of the city that this process serves. Raises WrongUsage where it is not in order."""
    if _Chosen.city is None:
        _Chosen.city = read_city(shipped_city())
    return _Chosen.city
