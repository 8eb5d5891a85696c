"""Throw-away databases on a PostgreSQL server, where there is one."""

from urllib.parse import urlsplit

import psycopg

from tests.options import SERVER


def server_address() -> str | None:
    """Return the address of a server that the tests may make databases on, or None."""
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.Error:
        return None
    return SERVER


def make_databases(server: str, name: str) -> list[str]:
    """Make an empty police, audit and public database, and return their addresses."""
    names = [f"openclear_test_{name}_{kind}" for kind in ("police", "audit", "public")]
    with psycopg.connect(server, autocommit=True) as connection:
        for database in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(
                f"CREATE DATABASE \"{database}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
    base = urlsplit(server)
    return [base._replace(path=f"/{database}").geturl() for database in names]


SETTINGS = ("OPENCLEAR_DATABASE", "OPENCLEAR_AUDIT_DATABASE", "OPENCLEAR_PUBLIC_DATABASE")
