"""Throw-away databases on a PostgreSQL server, where there is one."""

from collections.abc import Callable
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
    return _make(server, name, lambda _: "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")


def copy_databases(server: str, name: str, to: str) -> list[str]:
    """Make copies of three databases that nobody is connected to, and return their addresses."""
    return _make(server, to, lambda kind: f'"{_name(name, kind)}"')


def _make(server: str, name: str, template: Callable[[str], str]) -> list[str]:
    with psycopg.connect(server, autocommit=True) as connection:
        for kind in KINDS:
            connection.execute(f'DROP DATABASE IF EXISTS "{_name(name, kind)}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{_name(name, kind)}" TEMPLATE {template(kind)}')
    return addresses_of(server, name)


def addresses_of(server: str, name: str) -> list[str]:
    """Return the addresses of three databases, whether or not they are there."""
    base = urlsplit(server)
    return [base._replace(path=f"/{_name(name, kind)}").geturl() for kind in KINDS]


def _name(name: str, kind: str) -> str:
    return f"openclear_test_{name}_{kind}"


KINDS = ("police", "audit", "public")
SETTINGS = ("OPENCLEAR_DATABASE", "OPENCLEAR_AUDIT_DATABASE", "OPENCLEAR_PUBLIC_DATABASE")
