"""What the public may know about searches and refusals: counted from the verified log, and published with the log itself.

Who has access, and the orders in force, are published separately and at once (`public_access.py`). Entries are
published after 72 hours. In a demonstration, where everyone is invented, at once.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit import log
from openclear.audit import queries as entries
from openclear.audit.commands import export_log
from openclear.audit.proof.replay import replay
from openclear.audit.proof.verification import Verification
from openclear.audit.reading import published_size
from openclear.oversight.errors import LogNotProved
from openclear.release.commands import keep_statement
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant

FOLDER = "openclear-log"


def publish_statement(grant: Grant) -> int:
    """Write the public part of the log and the figures counted from it to the public side; return its size.

    Raises NotPossible if nothing is old enough, LogNotProved if a replay of that part finds a fault: then nothing is
    published, because figures must be checkable.
    """
    grant.require(Action.LOG_EXPORT)
    checkpoint, notes = _newest_published()
    size = int(checkpoint.split("\n")[1])
    found = replay(entries.headers(size), entries.leaves(size), notes, log.key_line())
    if not found.ok:
        raise LogNotProved(
            f"The log is not proved up to entry {size}: {found.faults[0]['problem']}; nothing was published."
        )
    _write_archive(grant, checkpoint)
    keep_statement(made=clock.now(), size=size, checkpoint=checkpoint, facts={"asks": _asks(found)})
    return size


def _newest_published() -> tuple[str, Sequence[str]]:
    notes = [*entries.checkpoints()]
    if entries.is_demo():
        notes = [*(note for note in notes if note != log.checkpoint()), log.checkpoint()]
        return notes[-1], notes
    limit = published_size()
    notes = [note for note in notes if int(note.split("\n")[1]) <= limit]
    if not notes:
        raise NotPossible("No entry of the log is 72 hours old yet; publish a statement later.")
    notes.sort(key=lambda note: int(note.split("\n")[1]))
    return notes[-1], notes


def _asks(found: Verification) -> list[dict[str, Any]]:
    # Only agencies of the registry: agencies in a header are registered, and so are all above them.
    months = found.tally.months(found.tally.paths())
    keys = sorted(
        {(month, agency) for agency, month, _ in months}, key=lambda key: (_backwards(key[0]), key[1])
    )
    return [
        {
            "month": month, "agency": agency, "allowed": months[agency, month, "allowed"],
            "refused": months[agency, month, "refused"],
        }
        for month, agency in keys
    ]  # fmt: skip


def _backwards(month: str) -> int:
    return -int(month.replace("-", ""))


def _write_archive(grant: Grant, checkpoint: str) -> None:
    target: Path = settings.PUBLIC_FOLDER / "log.tar.gz"
    with tempfile.TemporaryDirectory(dir=settings.PUBLIC_FOLDER, prefix=".log-") as folder:
        export_log(grant, directory=Path(folder) / FOLDER, checkpoint=checkpoint)
        made = Path(folder) / "log.tar.gz"
        with tarfile.open(made, "w:gz") as archive:
            archive.add(Path(folder) / FOLDER, arcname=FOLDER)
        made.chmod(0o644)
        shutil.move(made, target)
