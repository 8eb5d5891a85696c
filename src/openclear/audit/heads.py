"""The files next to the signing key, out of reach for anyone who can write only the audit database.

`log.head` contains size and root after every batch and the newest signature; `log.checkpoints` every checkpoint, one
per line; `log.leaves` four bytes of each leaf hash, so that the first entry that differs can be named. `log.head` has
two slots that are written in turn, each with a code made with the key: an interrupted write leaves the other slot.
"""

import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openclear.audit.errors import BrokenLog
from openclear.audit.keys import SigningKey
from openclear.audit.proof.checkpoints import size_of
from openclear.vocabulary.without_grant import without_grant

HEAD, CHECKPOINTS, FINGERPRINTS = "log.head", "log.checkpoints", "log.leaves"
# Each slot is on its own disk block: a torn write damages one block.
PLACE = 4096
FINGERPRINT = 4
_RECORD, _BATCH = b"openclear-head/v1 ", b"openclear-batch/v1 "


@dataclass(frozen=True, slots=True)
class Head:
    """The acknowledged log: number of entries, hexadecimal root, the newest checkpoint or ""."""

    size: int
    root: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed checkpoint, and the signed list of all up to it ("" if older than such lists)."""

    note: str
    listing: str = ""

    @property
    def size(self) -> int:
        """The number of entries that it signs."""
        return size_of(self.note)


@dataclass(frozen=True, slots=True)
class Beside:
    """All files next to a key. `fingerprints`: four bytes per entry, as far as they are stored."""

    head: Head
    signed: Sequence[Signed]
    fingerprints: bytes


class HeadFile:
    """The files next to a key, as the log's one writer keeps them."""

    def __init__(self, folder: Path, key: SigningKey) -> None:
        """Keep the files of the log that `key` signs in `folder`. Reads and writes nothing yet."""
        self._folder, self._key = folder, key
        self._turn = self._length = 0
        self._anew: Sequence[Signed] | None = None
        self._open: dict[str, int] = {}

    def begin(self, head: Head, signed: Sequence[Signed]) -> None:
        """Create the files again. The old files are kept under another name: they show what was given up."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open = {}
        for name in (HEAD, CHECKPOINTS):
            _keep_old(self._folder / name)
        lines = b"".join(_line(each) for each in signed)
        _replace(self._folder / CHECKPOINTS, lines)
        (self._folder / FINGERPRINTS).unlink(missing_ok=True)
        # A crash on this line leaves an old head whose checkpoint is not in the list: the next start refuses.
        _replace(self._folder / HEAD, self._record(head, 0) + b" " * PLACE)
        self._turn, self._length = 1, len(lines)

    def renew(self, signed: Sequence[Signed]) -> None:
        """Let the next write create the files again, with these checkpoints, so that none is there without its entry."""
        self._anew = signed

    def read(self) -> Beside:
        """Return the content of the files. Raises BrokenLog if they are absent, damaged, or not of this key."""
        places = _places(self._folder)
        records = [record for record in places if self._is_sealed(record)]
        if not places:
            raise BrokenLog(
                f"There is no {HEAD} next to the signing key in {self._folder}, so nothing shows how far the log went. "
                "Restore that folder; if it is lost, have two people accept the log (openclear log accept-restore)."
            )
        if not records:
            raise BrokenLog(f"{self._folder / HEAD} is damaged; restore that folder from its backup.")
        newest = max(records, key=lambda record: int(record["turn"]))
        self._turn = newest["turn"] + 1
        self._length = _content(self._folder / CHECKPOINTS).rfind(b"\n") + 1
        beside = _beside(self._folder, newest)
        if beside.head.note and beside.head.note not in [each.note for each in beside.signed]:
            raise BrokenLog(
                f"{self._folder / CHECKPOINTS} lacks the newest checkpoint; restore the whole folder."
            )
        return beside

    def write(self, head: Head) -> None:
        """Write a new head; it is on the disk when this returns."""
        if self._anew is not None:
            self.begin(head, self._anew)
            self._anew = None
            return
        descriptor = self._descriptor(HEAD)
        os.pwrite(descriptor, self._record(head, self._turn), self._turn % 2 * PLACE)
        os.fdatasync(descriptor)
        self._turn += 1

    def keep(self, signed: Signed) -> None:
        """Append a checkpoint, on the disk."""
        with (self._folder / CHECKPOINTS).open("r+b", buffering=0) as file:
            # An incomplete line from a crash is cut off.
            file.truncate(self._length)
            file.seek(self._length)
            self._length += file.write(_line(signed))
            os.fsync(file.fileno())

    def fingerprint(self, first: int, leaves: Sequence[bytes]) -> None:
        """Store the first bytes of leaf hashes from entry `first` on. Not synced: they only help to name an entry."""
        data = b"".join(leaf[:FINGERPRINT] for leaf in leaves)
        os.pwrite(self._descriptor(FINGERPRINTS), data, first * FINGERPRINT)

    def seal_batch(self, before: int, size: int, root: str) -> bytes:
        """Return the code that proves that the batch from `before` to `size` entries is the writer's own."""
        return self._key.code(_BATCH + f"{before} {size} {root}".encode())

    def _descriptor(self, name: str) -> int:
        # Kept open: these are written for every batch.
        if name not in self._open:
            self._open[name] = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        return self._open[name]

    def _record(self, head: Head, turn: int) -> bytes:
        facts = {"size": head.size, "root": head.root, "note": head.note, "turn": turn}
        data = json.dumps({**facts, "code": self._code(facts)}).encode()
        if len(data) >= PLACE:
            raise BrokenLog("The name of the log is too long for its head file.")
        return data.ljust(PLACE - 1) + b"\n"

    def _is_sealed(self, record: Mapping[str, Any]) -> bool:
        facts = {name: value for name, value in record.items() if name != "code"}
        return hmac.compare_digest(str(record.get("code", "")).encode(), self._code(facts).encode())

    def _code(self, facts: Mapping[str, Any]) -> str:
        return self._key.code(_RECORD + json.dumps(facts).encode()).hex()


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def look(folder: Path) -> Beside | None:
    """Return the files next to the key without having the key; None if there is no head.

    For comparison only: anyone who can write the folder can write these. Raises PermissionError for users who may not
    read it.
    """
    records = [record for record in _places(folder) if isinstance(record.get("turn"), int)]
    return _beside(folder, max(records, key=lambda record: int(record["turn"]))) if records else None


def _beside(folder: Path, record: Mapping[str, Any]) -> Beside:
    head = Head(record["size"], record["root"], record["note"])
    return Beside(head, _signed(folder), _content(folder / FINGERPRINTS))


def _places(folder: Path) -> list[dict[str, Any]]:
    # Damaged slots count as empty records, to distinguish an existing file from a missing one.
    try:
        data = (folder / HEAD).read_bytes()
    except FileNotFoundError:
        return []
    return [_parsed(data[start : start + PLACE]) for start in (0, PLACE)]


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _signed(folder: Path) -> list[Signed]:
    # An incomplete line was never given to anyone: a crash cut it off.
    *lines, _ = _content(folder / CHECKPOINTS).split(b"\n")
    try:
        return [Signed(*json.loads(line)) for line in lines]
    except (ValueError, TypeError):
        raise BrokenLog(f"{folder / CHECKPOINTS} is damaged; restore that folder from its backup.") from None


def _line(signed: Signed) -> bytes:
    return json.dumps([signed.note, signed.listing]).encode() + b"\n"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _keep_old(path: Path) -> None:
    number = 1
    while path.with_name(f"{path.name}.{number}").exists():
        number += 1
    if path.exists():
        path.with_name(f"{path.name}.{number}").hardlink_to(path)


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
