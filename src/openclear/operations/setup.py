"""Setting a city up, and throwing a demonstration city away."""

import contextlib
import secrets
import shutil
from collections.abc import Sequence

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from openclear.access.registry.commands import NewAgency, NewOfficer, found_city
from openclear.access.registry.policy_versions import take_rules
from openclear.audit import log
from openclear.audit.accepting import begin_late
from openclear.audit.beginning import forget, genesis, keep_known
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.audit.keys import create_key
from openclear.audit.opening import KEY_FILE, begin_head
from openclear.audit.proof.headers import FORMAT
from openclear.audit.rows import NewEntry
from openclear.operations.home import close_home
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.without_grant import without_grant

DEMONSTRATION_MARK = "demonstration"
DATABASES = ("default", "audit", "public")
# The step of an upgrade that began to keep the log's head beside its key.
HEADS_CAME_WITH = ("audit", "0004_heads_and_lists")


@without_grant("runs as the city itself, when a process starts")
def set_up(*, demo: bool, origin: str, agencies: Sequence[NewAgency], founders: Sequence[NewOfficer]) -> None:
    """Make folders, key, tables, entry 0 and the first administrators.

    Raises NotPossible where a city is here already.
    """
    if (settings.KEYS_FOLDER / KEY_FILE).exists():
        message = f"There is a city in {settings.KEYS_FOLDER.parent} already; nothing was changed."
        raise NotPossible(message)
    if not origin or "+" in origin or any(character.isspace() for character in origin):
        message = "The name of a log has no plus and no space, such as log.chicago.example."
        raise WrongUsage(message)
    for folder in (
        settings.POLICE_FOLDER,
        settings.LOG_FOLDER,
        settings.KEYS_FOLDER,
        settings.BARRIER_FOLDER,
    ):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.PUBLIC_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    _check_collation()
    if demo:
        (settings.KEYS_FOLDER / DEMONSTRATION_MARK).touch()
    key = create_key(settings.KEYS_FOLDER / KEY_FILE, origin)
    for alias in DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    begin_head(settings.KEYS_FOLDER, key)
    facts = {"demo": demo, "format": FORMAT, "head": True, "key": key.line, "origin": origin}
    log.append(
        NewEntry("genesis", "none", extra={"genesis": facts}, details={"nonce": secrets.token_hex(16)})
    )
    keep_known()
    found_city(agencies, founders)
    take_rules()
    close_home()


@without_grant("runs as the city itself, when a process starts")
def bring_up_to_date() -> None:
    """Give a city that an older version set up the tables of this one, and close what others could read.

    The log's writer starts anew after new tables.
    """
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        return
    settings.PUBLIC_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    for alias in DATABASES:
        executor = MigrationExecutor(connections[alias])
        plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        if plan:
            log.stop()
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        if alias == "audit" and HEADS_CAME_WITH in {(each.app_label, each.name) for each in plan}:
            _begin_head_late()
    # A writer that refuses is said when the server starts; until then nothing is taken for a demonstration.
    with contextlib.suppress(LogUnavailable):
        keep_known()
    close_home()


def _begin_head_late() -> None:
    # Once, in the step that brings an older city here; a head that is missing at any other time is a refusal.
    note = "this log was begun by a version that kept no head beside the key"
    entry = begin_late(settings.KEYS_FOLDER, said=NewEntry("head", "none", details={"note": note}))
    if entry is not None:
        print(
            f"From entry {entry} on, size and root of the log stand beside its key; what is older is vouched for by its "
            "signed checkpoints alone."
        )


@without_grant("runs as the city itself, when a process starts")
def throw_away() -> None:
    """Remove a demonstration city with everything in it. Raises NotPossible for a real one."""
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        return
    if not _may_go():
        message = "The city here is a real one; --fresh only throws demonstration cities away."
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
    # The mark was made at the first step of a demonstration and never in a real city, so that a real city
    # whose database does not answer just now is not taken for an unfinished one.
    if not (settings.KEYS_FOLDER / DEMONSTRATION_MARK).exists():
        return False
    try:
        return bool(genesis(settings.LOG_FOLDER)["demo"])
    except (DatabaseError, BrokenLog, LogUnavailable):
        return True


def _check_collation() -> None:
    # Names and blocks are found by ranges of bytes, so both databases must sort by bytes, as SQLite does.
    for alias in DATABASES:
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()")
                row = cursor.fetchone()
            if row is None or row[0] not in {"C", "C.UTF-8", "POSIX", "C.utf8"}:
                message = "Make the PostgreSQL databases with createdb --template=template0 --lc-collate=C --encoding=UTF8."
                raise NotPossible(message)
