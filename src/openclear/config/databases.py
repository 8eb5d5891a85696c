"""Django's settings for a database from its address, and which app belongs to which database."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.db.models import Model

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

# Every app must be listed: a model that nobody listed fails the build (tests/architecture).
DATABASE_OF_APP = {
    "access": "default",
    "account": "default",
    "mfa": "default",
    "delivery": "default",
    "records": "default",
    "django_tasks_database": "default",
    "sessions": "default",
    "contenttypes": "default",
    "auth": "default",
    "audit": "audit",
    "release": "public",
}
# What the police database stores about the log, so that anyone who can write only the audit database cannot change
# it.
DATABASE_OF_MODEL = {("audit", "knownlog"): "default", ("audit", "replay"): "default"}


def _database_of(model: type[Model] | Model) -> str:
    described = model._meta  # noqa: SLF001 - Django's documented way to a model's app
    app, name = described.app_label, str(described.model_name)
    return DATABASE_OF_MODEL.get((app, name)) or DATABASE_OF_APP[app]


class Router:
    """Sends every model to the database that its app is listed for."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        """Return the alias of the database of `model`. Raises KeyError for an app that nobody listed."""
        return _database_of(model)

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        """Return the alias of the database of `model`."""
        return _database_of(model)

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        """Say whether two rows may refer to each other: only within one database."""
        return _database_of(one) == _database_of(other)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool:
        """Say whether a table, or the tables of an app, belong in `db`."""
        return DATABASE_OF_MODEL.get((app_label, model_name or ""), DATABASE_OF_APP.get(app_label)) == db


@without_grant("sets a process up; reads no record")
def database(address: str, file: Path) -> dict[str, Any]:
    """Return Django's settings for a database: `sqlite` at `file`, or a postgresql:// address.

    Raises WrongUsage for anything else.
    """
    if address == "sqlite":
        return _sqlite(file)
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        message = (
            f"'{address}' is not a database address; write sqlite or postgresql://user:password@host/name."
        )
        raise WrongUsage(message)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # JIT compilation does not help here: these statements read few rows, or one index.
        "OPTIONS": {"connect_timeout": 10, "options": "-c jit=off"},
    }


@without_grant("sets a process up; reads no record")
def public_database(address: str, file: Path, *, writes: bool) -> dict[str, Any]:
    """Return the settings for the public database: for the police side, which writes, or for the public site, which reads.

    Without a write-ahead log, so that a reader under another user needs no write access to the folder.
    """
    described = database(address, file)
    if address == "sqlite":
        described["NAME"] = str(file) if writes else f"file:{quote(str(file))}?mode=ro"
        described["OPTIONS"]["init_command"] = (
            "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            if writes
            else "PRAGMA query_only=ON;"
        )
    elif not writes:
        described["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
    return described


def _sqlite(file: Path) -> dict[str, Any]:
    # FULL, not NORMAL: NORMAL loses the last commits in a power failure, including orders.
    # What a court had erased is overwritten in place; `destroyed` then empties the write-ahead log.
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
    }
