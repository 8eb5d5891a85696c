"""Verbs on the city as a whole: init, demo, serve, sequencer."""

import argparse
import contextlib
import os
import signal
import socket
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from openclear.access.accounts.tokens import create_token
from openclear.access.registry.commands import (
    CERTIFIED_DAYS,
    NewOfficer,
)
from openclear.access.registry.names import plain_handle
from openclear.audit.errors import BrokenLog
from openclear.audit.opening import DATABASE, KEY_FILE, open_ledger
from openclear.audit.queries import is_demo
from openclear.audit.sequencer import Sequencer, hold_lock, note_refusal
from openclear.audit.urgency import go_first
from openclear.cli.acting import administration
from openclear.cli.city.demonstration import introduce, register_cast
from openclear.cli.records.acts import import_file, maintenance_grant, print_result
from openclear.operations import start
from openclear.operations.public_site import publisher_grant
from openclear.operations.setup import bring_up_to_date, check_city, machine_accounts, set_up, throw_away
from openclear.operations.steps import refuse_steps_of_others
from openclear.oversight.public_access import publish_where_behind
from openclear.oversight.transparency import publish_statement
from openclear.publishing.editions import refresh_editions
from openclear.records.boundaries.commands import keep_boundaries
from openclear.sources.outcome import ImportResult
from openclear.sources.synthetic import cast
from openclear.sources.synthetic.city import INCIDENTS, PEOPLE, build_city
from openclear.sources.synthetic.outlines import draw_outlines
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.roles import Role

# As long as gunicorn itself tries.
PORT_SECONDS = 5.0


def init(options: argparse.Namespace) -> int:
    """Set up an empty city; a real one prints the first two tokens."""
    if options.demo:
        set_up(demo=True, origin=options.origin, founders=[*cast.founders(), *machine_accounts()])
        print(
            "A demonstration city is set up. It stays a demonstration permanently: entry 0 of its log says so."
        )
        return 0
    if not (options.administrator and options.approver):
        message = "Name the first two people: --administrator HANDLE=NAME --approver HANDLE=NAME (or --demo)."
        raise WrongUsage(message)
    people = [
        _founder(options.administrator, Role.ACCESS_ADMINISTRATOR),
        _founder(options.approver, Role.APPROVER),
    ]
    machines = machine_accounts()
    set_up(demo=False, origin=options.origin, founders=[*people, *machines])
    for person in [*people, *machines]:
        grant, approval = (administration(keeper.handle, Action.TOKEN_CREATE) for keeper in people)
        print(f"{person.handle} {create_token(grant, handle=person.handle, approval=approval)}")
    return 0


def _founder(text: str, role: Role) -> NewOfficer:
    handle, parted, name = text.partition("=")
    if not parted or not name.strip():
        message = f"'{text}' is not a person; write a handle and a name, such as novak='Irena Novak'."
        raise WrongUsage(message)
    until = clock.today() + timedelta(days=CERTIFIED_DAYS)
    home = city().counsel if role is Role.APPROVER else city().host
    return NewOfficer(
        plain_handle(handle),
        name.strip(),
        role.replace("-", " ").capitalize(),
        (role,),
        ((home, TieKind.EMPLOYER),),
        until,
    )


def demo(options: argparse.Namespace) -> int:
    """Build the invented city, print who can sign in, and serve."""
    port = options.port or settings.CONFIGURATION.port
    if not options.no_serve:
        _check_free(port)
    if options.fresh:
        throw_away()
    if not (settings.KEYS_FOLDER / KEY_FILE).exists():
        founders = [*cast.founders(), *machine_accounts()]
        set_up(demo=True, origin="demo.openclear.example/log", founders=founders)
    bring_up_to_date()
    check_city()
    if not is_demo():
        message = "The city here is real; set OPENCLEAR_HOME to another folder for a demonstration."
        raise NotPossible(message)
    start.reconcile_and_say()
    register_cast()
    start.label_and_say()
    build_city(
        maintenance_grant("importer"),
        people=PEOPLE if options.people is None else options.people,
        incidents=INCIDENTS if options.incidents is None else options.incidents,
    )
    for outlines in draw_outlines():
        keep_boundaries(maintenance_grant("importer", Action.BOUNDARY_KEEP), rows=outlines)
    if options.crimes:
        _import_crimes(options.crimes)
    refresh_editions(publisher_grant("publisher", Action.EDITION_MAKE))
    publish_where_behind()
    publish_statement(publisher_grant("publisher", Action.LOG_EXPORT))
    public_port = options.public_port or settings.CONFIGURATION.public_port
    introduce(port, public_port)
    if options.no_serve:
        return 0
    return start.serve(port, public_port)


def _import_crimes(path: Path) -> None:
    result = ImportResult()
    mapping = next(iter(city().imports()), "")
    import_file(maintenance_grant("importer"), path, mapping=mapping, result=result)
    print_result(result)


def serve(options: argparse.Namespace) -> int:
    """Serve this city."""
    bring_up_to_date()
    check_city()
    port = options.port or settings.CONFIGURATION.port
    _check_free(port)
    start.reconcile_and_say()
    start.label_and_say()
    return start.serve(port)


def sequencer(options: argparse.Namespace) -> int:
    """Run the log's writer unless one is running already."""
    lock = hold_lock(settings.LOG_FOLDER)
    if lock is None:
        return 0
    try:
        # Only its own database: its user need not have access to the police database.
        refuse_steps_of_others(DATABASE)
        ledger = open_ledger(settings.KEYS_FOLDER)
    except Exception as error:
        # Callers that wait for the writer are told at once, for any error.
        refused = error if isinstance(error, NotPossible) else BrokenLog(_unexpected(error))
        note_refusal(settings.LOG_FOLDER, str(refused))
        os.close(lock)
        raise refused from error
    note_refusal(settings.LOG_FOLDER, "")
    go_first()
    writer = Sequencer(settings.LOG_FOLDER, ledger, stay=options.stay)
    signal.signal(signal.SIGTERM, lambda *_: writer.end())
    writer.serve()
    os.close(lock)
    return 0


def _unexpected(error: Exception) -> str:
    return (
        f"The log cannot be opened ({type(error).__name__}: {' '.join(str(error).split())}); look at the audit database "
        "and the folder of keys, then start its writer again."
    )


def _check_free(port: int) -> None:
    # A server that was just killed keeps its port until its last process has ended.
    until = time.monotonic() + PORT_SECONDS
    while not _is_free(port):
        if time.monotonic() > until:
            message = f"Port {port} is in use; stop the program that uses it, or choose another with --port."
            raise NotPossible(message)
        time.sleep(0.1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((settings.CONFIGURATION.host, port))
            return True
    return False
