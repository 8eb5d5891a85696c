"""The worker: makes exports, runs alerts, watches provisional orders and idle accounts."""

import argparse
import logging
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import close_old_connections
from django_tasks_db.management.commands.db_worker import Worker

from openclear.access import gate
from openclear.access.barrier import command_holds
from openclear.access.orders import unconfirmed
from openclear.access.orders.seen import note_checkpoint
from openclear.access.ports import ports
from openclear.access.registry.acts import registry_held
from openclear.access.registry.agreement_queries import ending_soon
from openclear.access.registry.lifecycle import review_accounts
from openclear.delivery.alerts import start_alerts, wait_for_alerts
from openclear.delivery.exports import expire
from openclear.delivery.jobs import fail_interrupted
from openclear.operations.finishing import finish_broken_sealings, start_finishing
from openclear.operations.setup import check_city
from openclear.oversight.public_access import publish_where_behind
from openclear.oversight.transparency import publish_statement
from openclear.publishing.editions import refresh_editions
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import WARNED_DAYS
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
PAUSE_SECONDS = 0.5
# The machine account that publishes.
PUBLISHER = "publisher"
# An officer who waits for an answer comes before an export of a million rows.
NICENESS = 10
MINUTE, HOUR, DAY = 60, 3600, 86400


@without_grant("runs as the city itself: the worker's duty")
def worker(options: argparse.Namespace) -> int:
    """Work until the named process ends, or once through everything."""
    check_city()
    command_holds.outlive_orders()
    if not options.once:
        os.nice(NICENESS)
        fail_interrupted()
        start_finishing()
    duties = _duties()
    while True:
        _run_jobs()
        for duty in duties:
            duty.do_if_due()
        close_old_connections()
        if options.once:
            wait_for_alerts()
        if options.once or (options.while_running and not runs(options.while_running)):
            return 0
        time.sleep(PAUSE_SECONDS)


@without_grant("runs as the city itself, when a process starts")
def start_beside(process: int) -> None:
    """Start a worker that ends with `process`, unless the operator runs one as a service."""
    if settings.CONFIGURATION.worker == "auto":
        command = [*settings.PROGRAM_COMMAND, "worker", "--while-running", str(process)]
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            env=os.environ | settings.SEQUENCER_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


class _Duty:
    """A periodic duty. A failure is an alarm, and the duty is tried again at its next time."""

    def __init__(self, act: Callable[[], object], seconds: int) -> None:
        self._act, self._seconds, self._due = act, seconds, 0.0

    def do_if_due(self) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._seconds
        try:
            self._act()
        except Exception as error:  # noqa: BLE001 - one duty must not stop the others
            alarm.error("%s failed: %s", self._act.__name__, type(error).__name__)


def _duties() -> list[_Duty]:
    return [
        _Duty(complete_orders, MINUTE),
        _Duty(publish_where_behind, MINUTE),
        _Duty(note_checkpoint, MINUTE),
        _Duty(start_alerts, MINUTE),
        _Duty(finish_broken_sealings, MINUTE),
        _Duty(expire, HOUR),
        _Duty(alarm_unconfirmed, HOUR),
        _Duty(review_accounts, DAY),
        _Duty(alarm_ending_agreements, DAY),
        _Duty(make_editions, HOUR),
        _Duty(make_statement, DAY),
    ]


@without_grant("runs as the city itself: the worker's duty")
def complete_orders() -> None:
    """Complete what an interrupted act left only in the log: the process that takes the lock of all acts does so first."""
    with registry_held():
        pass


@without_grant("runs as the city itself: the worker's duty")
def make_editions() -> None:
    """Make the public editions that are due, or whose records changed."""
    refresh_editions(_publisher(Action.EDITION_MAKE))


@without_grant("runs as the city itself: the worker's duty")
def make_statement() -> None:
    """Publish who has access today, and what the log says about it. Does nothing until entries are old enough."""
    # Agreements expire on their own, without an act that would publish it.
    ports.publication.publish()
    with suppress(NotPossible):
        publish_statement(_publisher(Action.LOG_EXPORT))


def _publisher(action: Action) -> Grant:
    return gate.open_for(PUBLISHER, action, purpose=Purpose.PUBLIC_RELEASE)


@without_grant("runs as the city itself: the worker's duty")
def alarm_unconfirmed() -> None:
    """Raise an alarm about each provisional order not confirmed within 24 hours: hourly, until it is confirmed."""
    for order in unconfirmed():
        alarm.critical("order %s has been provisional for more than 24 hours: confirm or lift it", order.id)


@without_grant("runs as the city itself: the worker's duty")
def alarm_ending_agreements() -> None:
    """Raise an alarm about each agreement that ends within 90 days and is not renewed: daily, more urgent from 30 days on."""
    for row in ending_soon():
        level = logging.WARNING if row.warned_within == max(WARNED_DAYS) else logging.ERROR
        alarm.log(
            level, "agreement %s with %s ends in %d days: renew it", row.number, row.agency, row.days_left
        )


def _run_jobs() -> None:
    Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=f"worker-{os.getpid()}", excluded_queue_names=[],
    ).run()  # fmt: skip


@without_grant("checks whether a process exists")
def runs(process: int) -> bool:
    """Say whether a process exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
