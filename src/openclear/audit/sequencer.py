"""The log's one writer: a process behind a Unix socket that commits all waiting entries as one group.

The process with the lock on the lock file is the sequencer. It answers one line of JSON with one line of JSON, and
confirms an entry only when it is on the disk. It signs every minute, and when it ends. It ends when it is idle
(unless told to stay) or when its socket was removed; a client then starts the next one, which first reads the whole
log again.
"""

import fcntl
import json
import os
import selectors
import socket
import time
from pathlib import Path
from typing import Any

from openclear.audit.ledger import Ledger
from openclear.vocabulary.without_grant import without_grant

SOCKET_NAME, LOCK_NAME, REFUSAL_NAME = "sequencer.sock", "sequencer.lock", "sequencer.refusal"
LARGEST_BATCH = 512
CHECKPOINT_SECONDS = 60
IDLE_SECONDS = 30
READ_SIZE = 1 << 20


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def hold_lock(folder: Path) -> int | None:
    """Return a descriptor with the sequencer's lock, or None if another process has it.

    The file contains the number of the process, for the operator.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def socket_address(folder: Path, descriptor: int) -> str:
    """Return an address that fits in the 107 bytes of a socket name, however long the path of `folder` is."""
    plain = str(folder / SOCKET_NAME)
    return plain if len(plain) < 100 else f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def note_refusal(folder: Path, sentence: str) -> None:
    """Leave a message for waiting clients that the sequencer does not continue with this log, and why; "" removes it."""
    if not sentence:
        (folder / REFUSAL_NAME).unlink(missing_ok=True)
        return
    new = folder / f"{REFUSAL_NAME}.new"
    new.write_text(sentence + "\n")
    new.replace(folder / REFUSAL_NAME)


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def refusal(folder: Path) -> str:
    """Return why the sequencer did not continue at its last start; "" if it did."""
    try:
        return (folder / REFUSAL_NAME).read_text().strip()
    except FileNotFoundError:
        return ""


class Sequencer:
    """Serves one ledger until it is told to stop, is idle, or loses its socket."""

    def __init__(self, folder: Path, ledger: Ledger, *, stay: bool) -> None:
        """Listen in `folder`. `stay`: keep running when nobody is connected."""
        self.ledger, self.stay, self.running = ledger, stay, True
        self._selector = selectors.DefaultSelector()
        self._waiting: list[tuple[socket.socket, dict[str, Any]]] = []
        self._partial: dict[socket.socket, bytes] = {}
        self._path = folder / SOCKET_NAME
        self._path.unlink(missing_ok=True)
        self._listen(folder)
        self._inode = self._path.stat().st_ino
        self._last_signed = self._last_busy = time.monotonic()

    def _listen(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(socket_address(folder, descriptor))
        os.close(descriptor)
        self._path.chmod(0o600)
        self._listener.listen(256)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def serve(self) -> None:
        """Answer until the end."""
        while self.running:
            for key, _ in self._selector.select(timeout=1.0):
                self._ready(key.fileobj)
            self._commit()
            self._tick()
        self._sign()
        self._listener.close()

    def end(self) -> None:
        """Answer waiting requests, sign, and end: called on a termination signal."""
        self.running = False

    def _ready(self, file: Any) -> None:
        if file is self._listener:
            connection, _ = file.accept()
            self._selector.register(connection, selectors.EVENT_READ)
            self._partial[connection] = b""
            return
        try:
            data = file.recv(READ_SIZE)
        except OSError:
            data = b""
        if not data:
            self._drop(file)
            return
        *lines, self._partial[file] = (self._partial[file] + data).split(b"\n")
        self._waiting += [(file, json.loads(line)) for line in lines]

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._partial[connection]
        connection.close()

    def _commit(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            appends = [(who, question) for who, question in batch if question["do"] == "append"]
            # The entries are on the disk before they are confirmed; a crash on this line leaves
            # entries without an answer, never an answer without its entry.
            replies = self.ledger.append([question["draft"] for _, question in appends])
            for (who, _), reply in zip(appends, replies, strict=True):
                self._answer(who, reply)
            for who, question in batch:
                if question["do"] != "append":
                    self._answer(who, self._other(question))

    def _other(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["do"] == "checkpoint":
            return {"note": self._sign()}
        if question["do"] == "root":
            return {"root": self.ledger.root_at(question["size"])}
        if question["do"] == "stop":
            self.end()
            self._sign()
            return {"stopped": True}
        return self.ledger.state() | {"key": self.ledger.key.line, "genesis": self.ledger.genesis}

    def _answer(self, connection: socket.socket, reply: dict[str, Any]) -> None:
        try:
            connection.sendall(json.dumps(reply).encode() + b"\n")
        except OSError:
            if connection in self._partial:
                self._drop(connection)

    def _sign(self) -> str:
        self._last_signed = time.monotonic()
        return self.ledger.sign()

    def _tick(self) -> None:
        now = time.monotonic()
        if self._partial:
            self._last_busy = now
        if self.ledger.tree.size > self.ledger.signed_size and now - self._last_signed > CHECKPOINT_SECONDS:
            self._sign()
        idle = not self.stay and now - self._last_busy > IDLE_SECONDS
        if idle or not self._still_there():
            self.running = False

    def _still_there(self) -> bool:
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False
