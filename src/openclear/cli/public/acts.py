"""Verbs on what is public: editions, the statement from the log, the public site itself."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import connections
from tqdm import tqdm

from openclear.access.ports import ports
from openclear.cli.acting import actor, print_json
from openclear.operations.public_site import publisher_grant
from openclear.operations.worker import runs
from openclear.oversight.transparency import publish_statement
from openclear.publishing import editions
from openclear.release.commands import editions as all_editions
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage

THREADS = 8


def edition(options: argparse.Namespace) -> int:
    """Make every edition that is due, make or withdraw one, or list all."""
    if options.what == "list":
        return _list(options)
    grant = publisher_grant(actor(options, options.by, "publisher"), Action.EDITION_MAKE)
    if options.what == "withdraw":
        month, revision = _named(options.edition)
        editions.withdraw(grant, month=month, revision=revision, reason=options.reason)
        print(f"Edition {options.edition} is withdrawn.")
        return 0
    made = editions.refresh_editions(grant, progress=_shown)
    print_json({"made": made}) if options.json else print(f"{len(made)} editions made. {' '.join(made[-3:])}")
    return 0


def statement(options: argparse.Namespace) -> int:
    """Publish who has access, the public part of the log, and what is counted from it."""
    ports.publication.publish()
    size = publish_statement(publisher_grant(actor(options, options.by, "publisher"), Action.LOG_EXPORT))
    print_json({"size": size}) if options.json else print(f"A statement on {size} entries is published.")
    return 0


def public_site(options: argparse.Namespace) -> int:
    """Serve the public site until the named process ends, or forever."""
    # The version of the city was looked up in the police database; no connection to it stays open alongside the
    # public site.
    connections.close_all()
    configuration = settings.CONFIGURATION
    port = options.port or configuration.public_port
    command = [
        sys.executable, "-m", "gunicorn", "openclear.config.public_wsgi:application",
        "--bind", f"{configuration.public_host}:{port}", "--worker-class", "gthread", "--workers", "1",
        "--threads", str(THREADS), "--no-control-socket", "--log-level", "error", "--worker-tmp-dir", "/tmp",  # noqa: S108 - gunicorn's heartbeat
    ]  # fmt: skip
    if not options.while_running:
        os.execve(sys.executable, command, _environment())  # noqa: S606 - our own interpreter
    site = subprocess.Popen(command, env=_environment(), start_new_session=True)  # noqa: S603 - as above
    while runs(options.while_running) and site.poll() is None:
        time.sleep(0.5)
    site.terminate()
    return site.wait()


def _environment() -> dict[str, str]:
    # The public process is given one folder, and no address or key of the police side.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENCLEAR_", "DJANGO_", "PG"))
    }
    public = {
        f"OPENCLEAR_{name.upper()}": str(getattr(settings.CONFIGURATION, name))
        for name in ("public_database", "public_allowed_hosts")
    }
    return kept | public | {"OPENCLEAR_PUBLIC_FOLDER": str(settings.PUBLIC_FOLDER)}


def _list(options: argparse.Namespace) -> int:
    rows = all_editions()
    if options.json:
        print_json(
            [{"edition": row.name, "incidents": row.incidents, "withdrawn": row.reason} for row in rows]
        )
    for row in [] if options.json else rows:
        print(f"{row.name:<10} {row.incidents:>10,}  {row.reason}")
    return 0


def _named(name: str | None) -> tuple[date, int]:
    month, _, revision = (name or "").partition(".")
    try:
        return date.fromisoformat(f"{month}-01"), int(revision)
    except ValueError:
        raise WrongUsage(
            f"'{name}' is not an edition; write a name such as 2026-05.1 (openclear edition list)."
        ) from None


def _shown(months: Sequence[date]) -> Iterable[date]:
    return tqdm(months, desc="editions", unit="month", disable=None)
