"""Throw-away databases on a PostgreSQL server, where there is one."""

import os
from urllib.parse import urlsplit

import psycopg

DEFAULT_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def server_address() -> str | None:
    """Return the address of a server that the tests may make databases on, or None."""
    address = os.environ.get("OPENCLEAR_TEST_SERVER", DEFAULT_SERVER)
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.Error:
        return None
    return address


def make_databases(server: str, name: str) -> tuple[str, str]:
    """Make an empty police and audit database, and return their addresses."""
    names = [f"openclear_test_{name}_{kind}" for kind in ("police", "audit")]
    with psycopg.connect(server, autocommit=True) as connection:
        for database in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(
                f"CREATE DATABASE \"{database}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
    base = urlsplit(server)
    police, audit = (base._replace(path=f"/{database}").geturl() for database in names)
    return police, audit
