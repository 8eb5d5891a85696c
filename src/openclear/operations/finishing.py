"""What may not wait behind a long export: a thread of the worker completes the sealings that a crash broke off."""

import logging
import threading
from datetime import timedelta

from django.db import connections

from openclear.records.sealing import finish_sealings
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
# Whoever seals is about it for a few seconds; then the crash is certain, and a minute after it everything is done.
GRACE, EVERY_SECONDS = timedelta(seconds=20), 15.0


@without_grant("runs as the city itself: the worker's duty")
def finish_broken_sealings() -> int:
    """Complete what was begun more than 20 seconds ago and is not done; return how many. What fails is tried again."""
    try:
        finished = finish_sealings(older_than=GRACE)
    except Exception as error:  # noqa: BLE001 - the thread must go on: it is tried again in a moment
        alarm.critical("a sealing that was broken off could not be completed: %s", type(error).__name__)
        return 0
    finally:
        connections.close_all()
    for sentence in finished:
        alarm.error("%s", sentence)
    return len(finished)


@without_grant("runs as the city itself: the worker's duty")
def start_finishing() -> threading.Event:
    """Start the thread; setting what this returns ends it."""
    ended = threading.Event()
    threading.Thread(target=_run, args=(ended,), daemon=True, name="sealings").start()
    return ended


def _run(ended: threading.Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        finish_broken_sealings()
