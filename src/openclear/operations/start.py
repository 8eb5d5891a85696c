"""Starting the server: compare log and database, log the start, hand over to gunicorn."""

import hashlib
import logging
import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from tqdm import tqdm

from openclear.access.errors import Refused
from openclear.access.gate.decide import policies
from openclear.access.gate.standing import read_standing
from openclear.access.orders.change import finish_unproved
from openclear.access.orders.recovery import reconcile
from openclear.access.registry.policy_versions import take_rules
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.operations.public_site import publisher_grant, start_public_beside
from openclear.operations.worker import PUBLISHER, start_beside
from openclear.oversight.public_access import publish_where_behind
from openclear.publishing.editions import withdraw_changed
from openclear.records.labelling import is_labelled, keep_tables, label_again
from openclear.records.sealing import finish_sealings
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
KEEP_ALIVE_SECONDS = 5


@without_grant("runs as the city itself, when a process starts")
def reconcile_and_say() -> None:
    """Complete what is in the log but not in the database, and print each step. Raises OlderThanLog."""
    for sentence in reconcile():
        print(sentence)
    if taken := take_rules():
        print(taken)
    for sentence in [*finish_unproved(), *finish_sealings()]:
        print(sentence)
    try:
        publish_where_behind()
    except DatabaseError as error:
        # The city is served anyway: the worker keeps trying.
        alarm.critical("the public page may lack the newest orders: %s", type(error).__name__)


@without_grant("runs as the city itself, when a process starts")
def label_and_say() -> None:
    """Relabel the records if the city's tables changed, withdraw the affected editions, and print how many.

    The next refresh makes new editions. If the publisher is refused they stay, with an alarm, and the labeling is
    repeated at the next start.
    """
    if is_labelled():
        return
    labelled = label_again(progress=lambda months: tqdm(months, desc="labels", unit="month", disable=None))
    try:
        withdrawn = withdraw_changed(publisher_grant(PUBLISHER, Action.EDITION_MAKE))
    except Refused as refusal:
        alarm.critical("editions that show what is now withheld are not withdrawn: %s", refusal)
        print(f"{labelled:,} incidents were relabeled, but no edition was withdrawn: {refusal}")
        return
    keep_tables()
    if labelled or withdrawn:
        print(
            f"{labelled:,} incidents were relabeled by the table of offenses, and {len(withdrawn):,} public editions "
            "with them are withdrawn until they are made again (openclear edition refresh; the worker does this)."
        )


@without_grant("runs as the city itself, when a process starts")
def note_boot() -> None:
    """Log which code, configuration and rules this server runs with."""
    configuration = repr(settings.CONFIGURATION).encode() + _profile_digest()
    facts = {
        "code": _digest_of_code(),
        "configuration": hashlib.sha256(configuration).hexdigest(),
        "policies": policies().digest,
    }
    log.append(NewEntry("boot", "none", epoch=read_standing().epoch, extra={"boot": facts}))


@without_grant("runs as the city itself, when a process starts")
def serve(port: int, public_port: int | None = None) -> int:
    """Become the server; returns only if it cannot start."""
    note_boot()
    configuration = settings.CONFIGURATION
    arguments = [
        sys.executable, "-m", "gunicorn", "openclear.config.wsgi:application",
        "--bind", f"{configuration.host}:{port}", "--worker-class", "openclear.config.workers.OfficerWorker",
        "--workers", str(configuration.workers), "--threads", str(configuration.threads),
        "--keep-alive", str(KEEP_ALIVE_SECONDS), "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    print(f"Serving on http://{configuration.host}:{port}/ - stop with Ctrl+C.")
    sys.stdout.flush()
    start_beside(os.getpid())
    start_public_beside(os.getpid(), public_port)
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter, our own arguments
    return 1


def _profile_digest() -> bytes:
    # A city's own profile is outside the code.
    files = sorted(path for path in city().folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).digest()


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".cedar", ".cedarschema", ".html", ".csv", ".toml", ".txt"}:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
