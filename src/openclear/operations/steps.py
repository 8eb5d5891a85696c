"""Which steps of an upgrade a city has taken. A city that this version cannot continue with is refused before anything changes it.

Steps are Django's migrations: each database keeps the names of those applied to it.
"""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from openclear.audit.opening import KEY_FILE
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.without_grant import without_grant

POLICE = "default"
DATABASES = (POLICE, "audit", "public")
# Before the first release, every room had other steps. All but the very first versions applied this one, in each
# database.
FIRST, BEFORE_RELEASE = ("access", "0001_initial"), ("access", "0002_accounts_and_proposals")
# The very first versions of FIRST made no such table.
SINCE_RELEASE = "access_proposal"


@without_grant("runs as the city itself, when a process starts")
def refuse_other_version() -> None:
    """Raise NotPossible if the city here was made before the first release, or upgraded by a newer version.

    Checked by every command, only in the police database, which every command reads. A database that does not respond
    is not refused here; the command reports it.
    """
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        return
    try:
        refuse_steps_of_others(POLICE)
    except DatabaseError:
        return


@without_grant("runs as the city itself, when a process starts")
def refuse_steps_of_others(*aliases: str) -> None:
    """Raise NotPossible if one of these databases has a step that this version does not have."""
    rooms = _rooms()
    here = {(room, path.stem) for room, folder in rooms.items() for path in folder.glob("[0-9]*.py")}
    for alias in aliases:
        taken = {
            step for step in MigrationRecorder(connections[alias]).applied_migrations() if step[0] in rooms
        }
        if BEFORE_RELEASE in taken or (alias == POLICE and FIRST in taken and not _is_released()):
            raise NotPossible(
                f"The city in {settings.CONFIGURATION.home} was made by an earlier version, before the first release, and "
                "this version cannot continue with it: make a new one with ./run demo --fresh (a demonstration), or with "
                f"openclear init in another OPENCLEAR_HOME{_elsewhere(alias)}; nothing was changed."
            )
        if unknown := sorted(taken - here):
            raise NotPossible(
                f"The city in {settings.CONFIGURATION.home} was upgraded by a newer version of OpenCLEAR "
                f"({'.'.join(unknown[-1])}): run that version, or a later one; nothing was changed."
            )


def _rooms() -> dict[str, Path]:
    # Our apps, with the folders of their steps; the migrations of other packages are not checked.
    ours = [room for room in apps.get_app_configs() if room.name.startswith("openclear.")]
    return {room.label: Path(room.path) / "migrations" for room in ours}


def _is_released() -> bool:
    return SINCE_RELEASE in connections[POLICE].introspection.table_names()


def _elsewhere(alias: str) -> str:
    return " with its own databases" if connections[alias].vendor == "postgresql" else ""
