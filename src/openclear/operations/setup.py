"""Setting up a city, and deleting a demonstration city."""

import contextlib
import secrets
import shutil
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from openclear.access.registry.commands import CERTIFIED_DAYS, NewAgency, NewOfficer, found_city
from openclear.access.registry.policy_versions import take_rules
from openclear.audit import log
from openclear.audit.beginning import forget, genesis, keep_known
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.audit.keys import create_key
from openclear.audit.opening import KEY_FILE, begin_head
from openclear.audit.proof.headers import FORMAT
from openclear.audit.rows import NewEntry
from openclear.operations.home import close_home
from openclear.operations.profile import check_profile, keep_profile
from openclear.operations.steps import DATABASES, refuse_steps_of_others
from openclear.vocabulary import clock
from openclear.vocabulary.agencies import TieKind
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role
from openclear.vocabulary.without_grant import without_grant

DEMONSTRATION_MARK = "demonstration"


@without_grant("runs as the city itself, when a process starts")
def set_up(*, demo: bool, origin: str, founders: Sequence[NewOfficer]) -> None:
    """Make folders, key, tables, entry 0, the city's agencies and the first administrators.

    A profile other than the shipped one is copied to where both sites read it; entry 0 names host and oversight.
    Raises NotPossible if there is a city here already.
    """
    if (settings.KEYS_FOLDER / KEY_FILE).exists():
        message = f"There is already a city in {settings.KEYS_FOLDER.parent}; nothing was changed."
        raise NotPossible(message)
    if not origin or "+" in origin or any(character.isspace() for character in origin):
        message = (
            "The name of a log must not contain plus signs or spaces; write one such as log.city.example."
        )
        raise WrongUsage(message)
    check_profile(founders)
    for folder in (
        settings.POLICE_FOLDER,
        settings.LOG_FOLDER,
        settings.KEYS_FOLDER,
        settings.BARRIER_FOLDER,
    ):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.PUBLIC_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    keep_profile(settings.PUBLIC_FOLDER / "city")
    _check_collation()
    # On a server, the databases may be another city's; the files of a new home are empty.
    refuse_steps_of_others(*DATABASES)
    if demo:
        (settings.KEYS_FOLDER / DEMONSTRATION_MARK).touch()
    key = create_key(settings.KEYS_FOLDER / KEY_FILE, origin)
    for alias in DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    begin_head(settings.KEYS_FOLDER, key)
    facts = {"demo": demo, "format": FORMAT, "head": True, "key": key.line, "origin": origin, **_city_facts()}
    log.append(
        NewEntry("genesis", "none", extra={"genesis": facts}, details={"nonce": secrets.token_hex(16)})
    )
    keep_known()
    found_city([NewAgency(**row) for row in city().agencies], founders)
    take_rules()
    close_home()


@without_grant("builds values from the profile; reads nothing")
def machine_accounts() -> list[NewOfficer]:
    """Return the program's own accounts, to be registered when a city is set up."""
    until = clock.today() + timedelta(days=CERTIFIED_DAYS)
    return [
        NewOfficer(
            handle, f"Machine account {handle}", title, (role,), ((city().host, TieKind.EMPLOYER),), until, purpose,
        )
        for handle, title, role, purpose in (
            ("importer", "Imports records", Role.RECORDS, Purpose.RECORDS_MAINTENANCE),
            ("publisher", "Exports the public log", Role.PUBLISHER, Purpose.PUBLIC_RELEASE),
        )
    ]  # fmt: skip


@without_grant("runs as the city itself, when a process starts")
def refuse_other_city() -> None:
    """Raise what `check_city` raises, if there is a city whose log can be read; each command says what else is wrong."""
    if (settings.KEYS_FOLDER / KEY_FILE).exists():
        with contextlib.suppress(BrokenLog, LogUnavailable, DatabaseError):
            check_city()


@without_grant("runs as the city itself, when a process starts")
def check_city() -> None:
    """Raise NotPossible if the profile has another department, oversight or kind of area than the log began with.

    What earlier editions withheld is remembered by area, so the kind of area is fixed too.
    """
    began = genesis(settings.LOG_FOLDER)
    differing = [name for name, path in _city_facts().items() if began.get(name, path) != path]
    if differing:
        name = differing[0]
        message = (
            f"{city().folder}: {name} is {_city_facts()[name]}, but this city began with {began[name]} (entry 0 of its log). "
            "Restore the profile; nothing was started."
        )
        raise NotPossible(message)


def _city_facts() -> dict[str, str]:
    return {
        "host": city().host,
        "oversight": city().oversight,
        "root": city().root,
        "areas": city().area_kind,
    }


@without_grant("runs as the city itself, when a process starts")
def bring_up_to_date() -> None:
    """Upgrade the tables of a city from an older version, and remove other users' access to its files.

    The log's writer restarts after new tables. Raises NotPossible, before any table is changed, if the city was made
    before the first release or upgraded by a newer version.
    """
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        return
    settings.PUBLIC_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    refuse_steps_of_others(*DATABASES)
    for alias in DATABASES:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            log.stop()
            call_command("migrate", database=alias, verbosity=0, interactive=False)
    # Setup may have been interrupted before it was stored. A writer that refuses is reported when the server starts;
    # until then no city is treated as a demonstration.
    with contextlib.suppress(LogUnavailable):
        keep_known()
    close_home()


@without_grant("runs as the city itself, when a process starts")
def throw_away() -> None:
    """Delete a demonstration city with everything in it. Raises NotPossible for a real one."""
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        return
    if not _may_go():
        message = "The city here is real; --fresh only deletes demonstration cities."
        raise NotPossible(message)
    log.stop()
    for alias in DATABASES:
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections[alias].close()
    for folder in (settings.POLICE_FOLDER, settings.LOG_FOLDER, settings.KEYS_FOLDER, settings.PUBLIC_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    forget()


def _may_go() -> bool:
    # The mark is made at the first step of a demonstration and never in a real city, so that a real city
    # whose database does not respond at the moment is not mistaken for an unfinished one.
    if not (settings.KEYS_FOLDER / DEMONSTRATION_MARK).exists():
        return False
    try:
        return bool(genesis(settings.LOG_FOLDER)["demo"])
    except (DatabaseError, BrokenLog, LogUnavailable):
        return True


def _check_collation() -> None:
    # Names and blocks are found by byte ranges, so both databases must sort by bytes, as SQLite does.
    for alias in DATABASES:
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()")
                row = cursor.fetchone()
            if row is None or row[0] not in {"C", "C.UTF-8", "POSIX", "C.utf8"}:
                message = "Create the PostgreSQL databases with createdb --template=template0 --lc-collate=C --encoding=UTF8."
                raise NotPossible(message)
