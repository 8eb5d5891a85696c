"""The city that this process serves: its profile, its offense codes, its districts and areas."""

from pathlib import Path

from openclear.vocabulary.profile import City
from openclear.vocabulary.profile_file import read_city

CITIES = Path(__file__).resolve().parents[1] / "cities"


class _Chosen:
    city: City | None = None


def choose_city(folder: Path) -> None:
    """Serve the city whose profile is in `folder`, in this process, from now on.

    Call it before anything reads the profile. Raises WrongUsage if the profile is not valid.
    """
    _Chosen.city = read_city(folder)


def shipped_city() -> Path:
    """Return the folder of the profile that ships with the program."""
    return CITIES / (CITIES / "shipped.txt").read_text(encoding="utf-8").strip()


def city() -> City:
    """Return the profile of the city that this process serves. Raises WrongUsage if it is not valid."""
    if _Chosen.city is None:
        _Chosen.city = read_city(shipped_city())
    return _Chosen.city
