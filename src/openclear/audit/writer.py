"""The way to the log's writer: a connection to its process, which is started if none runs."""

import contextlib
import fcntl
import os
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from openclear.audit.errors import LogRefuses, LogUnavailable
from openclear.audit.sequencer import note_refusal, refusal, socket_address
from openclear.vocabulary.without_grant import without_grant

ANSWER_SECONDS = 10.0
START_SECONDS = 20.0
# As long as a start may take; after that the started process counts as dead, and another is started.
PATIENCE_SECONDS = 5.0
STARTER_NAME = "sequencer.starting"


@without_grant("reaches the log's writer; reads no record")
def connect_or_start(folder: Path) -> socket.socket:
    """Return a connection to the writer of a log; start it if it does not run. Raises ConnectionError, OSError, LogUnavailable."""
    with contextlib.suppress(OSError):
        return connect(folder)
    if not settings.SEQUENCER_COMMAND:
        _raise_refusal(folder)
        raise ConnectionError
    deadline = time.monotonic() + START_SECONDS
    with _turn(folder) as may_start:
        while time.monotonic() < deadline:
            if may_start:
                _start(folder)
            with contextlib.suppress(ConnectionError):
                return _awaited(folder, min(deadline, time.monotonic() + PATIENCE_SECONDS))
    raise ConnectionError


@without_grant("reaches the log's writer; reads no record")
def connect(folder: Path) -> socket.socket:
    """Return a connection to the running writer. Raises OSError if none runs, LogUnavailable if it is a stranger's."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_SECONDS)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        connection.connect(socket_address(folder, descriptor))
    except OSError:
        connection.close()
        raise
    finally:
        os.close(descriptor)
    _check_peer(connection, folder)
    return connection


def _check_peer(connection: socket.socket, folder: Path) -> None:
    # Anyone who can write to the folder can put a socket there, and could claim that an entry is on the disk.
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if user not in _users_of_writer():
        connection.close()
        raise LogUnavailable(
            f"A process of user {user} answers in the place of the log's writer, so nothing may be answered; see who can "
            f"write {folder}."
        )


def _users_of_writer() -> set[int]:
    users = {os.getuid()}
    with contextlib.suppress(OSError):
        users.add(settings.KEYS_FOLDER.stat().st_uid)
    return users


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[bool]:
    # One starts it and the others wait: a hundred threads that lose their sequencer would start a hundred processes.
    descriptor = os.open(folder / STARTER_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _awaited(folder: Path, deadline: float) -> socket.socket:
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return connect(folder)
        _raise_refusal(folder)
        time.sleep(0.02)
    raise ConnectionError


def _raise_refusal(folder: Path) -> None:
    if sentence := refusal(folder):
        raise LogRefuses(sentence)


def _start(folder: Path) -> None:
    # If two are started nevertheless, one gets the sequencer's lock and the other ends.
    note_refusal(folder, "")
    program, *_ = command = settings.SEQUENCER_COMMAND
    output = str(folder / "sequencer.log")
    os.posix_spawn(
        program,
        command,
        os.environ | settings.SEQUENCER_ENVIRONMENT,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
