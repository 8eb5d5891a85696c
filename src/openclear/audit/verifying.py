"""Replaying the stored log on demand, in a separate process, with its progress stored where a page can read it."""

import contextlib
import os
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from openclear.audit.checking import verify
from openclear.audit.models import Entry, Replay
from openclear.audit.rows import RunRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

DATABASE, POLICE = "audit", "default"
NOTED_EVERY = 2000
# A run without progress for this long was stopped; another may begin.
SILENT = timedelta(minutes=2)
MOST_FAULTS_KEPT = 20


def begin(grant: Grant) -> int:
    """Start a replay and return its number, or the number of a running one: a replay is as costly as the log is long."""
    grant.require(Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    runs = Replay.objects.using(POLICE)
    running = runs.filter(ended=None, began__gt=clock.now() - SILENT).order_by("-pk").first()
    if running:
        return int(running.pk)
    run = runs.create(began=clock.now(), total=Entry.objects.using(DATABASE).count())
    program, *_ = command = [*settings.PROGRAM_COMMAND, "log", "verify", "--keep", str(run.pk)]
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    os.posix_spawn(
        program, command, os.environ | settings.SEQUENCER_ENVIRONMENT, file_actions=quiet, setsid=True
    )
    return int(run.pk)


def progress(grant: Grant, *, run: int) -> RunRow | None:
    """Return the progress of a replay; None if there is none with this number."""
    grant.require(Action.LOG_VIEW, Action.LOG_VIEW_ALL)
    row = Replay.objects.using(POLICE).filter(pk=run).first()
    if row is None:
        return None
    over = row.ended is not None or row.began < clock.now() - SILENT
    return RunRow(row.pk, row.checked, row.total, row.ok, row.root, row.faults, over)


@without_grant("the process that a grant started: it reads the log as anyone may replay it")
def keep_result(run: int, *, seen: tuple[int, str] | None = None) -> bool:
    """Replay the log, write progress and findings into run number `run`, and return whether no fault was found.

    `seen`: size and root of the newest checkpoint that the police database knows.
    """
    with contextlib.suppress(OSError):
        os.nice(10)
    row = Replay.objects.using(POLICE).filter(pk=run)
    try:
        result = verify(watched=lambda headers: _counted(headers, run), seen=seen)
    except BaseException:
        # Without a result: the page says that the replay was stopped.
        row.update(ended=clock.now())
        raise
    row.update(
        ended=clock.now(), checked=result.size, total=result.size, ok=result.ok, root=result.root,
        faults=result.faults[:MOST_FAULTS_KEPT],
    )  # fmt: skip
    return result.ok


def _counted(headers: Iterator[bytes], run: int) -> Iterator[bytes]:
    for place, header in enumerate(headers):
        if place % NOTED_EVERY == 0:
            # `began` is updated: it distinguishes a running replay from one that was stopped.
            Replay.objects.using(POLICE).filter(pk=run).update(checked=place, began=clock.now())
        yield header
