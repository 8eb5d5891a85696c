"""Which city's profile a process serves: the home's own, the one that is named at set-up, or the one that is shipped."""

import os
from collections.abc import Mapping
from pathlib import Path

from openclear.vocabulary.city import shipped_city
from openclear.vocabulary.profile import FILE
from openclear.vocabulary.without_grant import without_grant

FOLDER = "city"
VARIABLE = "OPENCLEAR_CITY"


@without_grant("names a folder; reads no record")
def profile_folder(public: Path, *, founded: bool, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the profile. `public`: the home's public folder, which the public site reads too.

    `founded`: whether a city is set up. A city that was set up with its own profile has a copy of it there, and no variable
    changes that. Before that, the named profile counts: a copy there was left by a set-up that failed.
    """
    own = public / FOLDER
    if founded:
        return own if own.is_dir() else shipped_city()
    named = Path(environment[VARIABLE]).absolute() if environment.get(VARIABLE) else shipped_city()
    return named.parent if named.name == FILE else named
