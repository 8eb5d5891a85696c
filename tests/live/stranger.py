"""Run as the public site's own user: tries every way out of its folder and prints the ways that worked, one a line."""

import os
import socket
import sqlite3
import sys
from pathlib import Path

home, officer = Path(sys.argv[1]), sys.argv[2]
worked = []


def attempt(name, act):
    try:
        act()
    except Exception:  # noqa: BLE001 - whatever stops it, it is stopped
        return
    worked.append(name)


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))


for folder in ("police", "log", "keys"):
    attempt(f"list {folder}", lambda folder=folder: list((home / folder).iterdir()))
for file in (
    "police/police.sqlite3",
    "log/audit.sqlite3",
    "keys/log.key",
    "keys/release.key",
    "keys/web.key",
):
    attempt(f"read {file}", lambda file=file: (home / file).read_bytes())
    attempt(
        f"query {file}",
        lambda file=file: (
            sqlite3.connect(f"file:{home / file}?mode=ro", uri=True)
            .execute("SELECT 1 FROM sqlite_master")
            .fetchall()
        ),
    )
for file in ("log/sequencer.sock", "police/barrier", "police/snapshots", "police/exports"):
    attempt(
        f"reach {file}",
        lambda file=file: connect(home / file) if file.endswith("sock") else list((home / file).iterdir()),
    )
for file in ("environ", "maps", "mem", "fd", "cwd"):
    attempt(
        f"look into the officer site: {file}",
        lambda file=file: (
            list(Path(f"/proc/{officer}/fd").iterdir())
            if file == "fd"
            else Path(f"/proc/{officer}/{file}").read_bytes()
        ),
    )
attempt("write into public", lambda: (home / "public" / "planted").write_text("x"))
attempt("write into an edition", lambda: (home / "public" / "editions" / "planted").write_text("x"))

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.public"
import django  # noqa: E402

django.setup()
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

if set(connections) != {"default", "public"} or connections["default"].vendor != "unknown":
    worked.append("another database is configured")
if any(
    word in repr(value)
    for value in vars(settings._wrapped).values()
    for word in ("police.sqlite3", "audit.sqlite3", "log.key")
):
    worked.append("a setting names the police side")
if any(
    name.startswith("OPENCLEAR_") and name not in {"OPENCLEAR_PUBLIC_FOLDER", "OPENCLEAR_PUBLIC_DATABASE"}
    for name in os.environ
):
    worked.append("an address came along in the environment")


def change():
    with connections["public"].cursor() as cursor:
        cursor.execute("DELETE FROM release_edition")


def records():
    from openclear.records.incidents.models import Incident

    return Incident.objects.using("public").count()


attempt("change the public database", change)
attempt("load the records", records)
with connections["public"].cursor() as cursor:
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE 'records_%' OR name LIKE 'access_%' OR name LIKE 'audit_%'"
    )
    worked.extend(f"private table {row[0]}" for row in cursor.fetchall())
    cursor.execute("SELECT count(*) FROM release_edition")
    print(f"editions {cursor.fetchone()[0]}")
print("\n".join(worked))
