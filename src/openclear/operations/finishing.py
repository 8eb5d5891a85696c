"""Work that must not wait for a long export: a thread of the worker completes sealings that a crash interrupted."""

import logging
import threading
from datetime import timedelta

from django.db import connections

from openclear.records.sealing import finish_sealings
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
# A sealing takes a few seconds; after that it has crashed for certain, and a minute later everything is done.
GRACE, EVERY_SECONDS = timedelta(seconds=20), 15.0


@without_grant("runs as the city itself: the worker's duty")
def finish_broken_sealings() -> int:
    """Complete sealings that began more than 20 seconds ago and are not done; return how many. Failures are tried again."""
    try:
        finished = finish_sealings(older_than=GRACE)
    except Exception as error:  # noqa: BLE001 - the thread must go on: this is tried again soon
        alarm.critical("an interrupted sealing could not be completed: %s", type(error).__name__)
        return 0
    finally:
        connections.close_all()
    for sentence in finished:
        alarm.error("%s", sentence)
    return len(finished)


@without_grant("runs as the city itself: the worker's duty")
def start_finishing() -> threading.Event:
    """Start the thread; setting the returned event ends it."""
    ended = threading.Event()
    threading.Thread(target=_run, args=(ended,), daemon=True, name="sealings").start()
    return ended


def _run(ended: threading.Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        finish_broken_sealings()
