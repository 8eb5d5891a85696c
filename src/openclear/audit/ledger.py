"""The log as its one writer holds it: judge, number, commit to the body, store durably, sign.

Crash-only: where storing fails the process must end, and the next one reads what is durable.
"""

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, transaction

from openclear.audit.errors import BrokenLog
from openclear.audit.keys import SigningKey
from openclear.audit.models import Body, Entry, SignedCheckpoint, UnansweredEntry
from openclear.audit.proof.canonical import NotCanonical, encode
from openclear.audit.proof.commitments import SALT_SIZE, commitment, stored_hash
from openclear.audit.proof.headers import LARGEST_HEADER, BadHeader, Header, check_header, parse_header
from openclear.audit.proof.merkle import Frontier, leaf_hash
from openclear.audit.proof.notes import Checkpoint, open_checkpoint, parse_key
from openclear.audit.proof.orders import OrderBook
from openclear.vocabulary import clock

DATABASE = "audit"
CHUNK = 10_000
LONGEST_HANDLE = 40
FULL = 2  # SQLite's number for synchronous=FULL
# An entry of these kinds is written before its change is committed; every other entry shows a committed epoch.
AHEAD_OF_COMMIT = ("order", "registry", "affiliation", "policy")
Reply = dict[str, Any]
Erasure = Mapping[str, Any]


class Ledger:
    """The tree, the orders and the epochs of one log, as far as it is durable."""

    def __init__(self, key: SigningKey) -> None:
        """Read the stored log again. Raises BrokenLog where it is not the one that was signed."""
        self.key = key
        self.tree, self.book = Frontier(), OrderBook()
        self.hour = ""
        self.confirmed_epoch = self.claimed_epoch = 0
        self.unconfirmed: dict[int, int] = {}
        self.erasures: list[Erasure] = []
        check_durability()
        self._read()

    def _read(self) -> None:
        signed = {note.size: note.note for note in SignedCheckpoint.objects.using(DATABASE)}
        rows = Entry.objects.using(DATABASE).values_list("index", "header", "leaf")
        for index, data, leaf in rows.iterator(chunk_size=CHUNK):
            header_bytes = bytes(data)
            if index != self.tree.size or leaf_hash(header_bytes) != bytes(leaf):
                message = (
                    f"Entry {self.tree.size} of the log was changed or removed; run openclear log verify."
                )
                raise BrokenLog(message)
            self._take(parse_header(header_bytes), bytes(leaf))
            if self.tree.size in signed:
                self._compare(signed.pop(self.tree.size))
        erase_fields(self.erasures)
        if signed:
            message = f"The log ends at entry {self.tree.size}, before its last checkpoint; restore the audit database."
            raise BrokenLog(message)

    def _compare(self, note: str) -> None:
        checkpoint = open_checkpoint(note, parse_key(self.key.line))
        if checkpoint.root != self.tree.root():
            message = f"The first {checkpoint.size} entries are not those that were signed; run openclear log verify."
            raise BrokenLog(message)

    def _take(self, header: Header, leaf: bytes) -> None:
        self.tree.add(leaf)
        self.book.apply(header)
        self.hour = header["hour"]
        if header["kind"] == "erase":
            self.erasures.append(header["erase"])
        self.claimed_epoch = max(self.claimed_epoch, header["epoch"])
        if header["kind"] in AHEAD_OF_COMMIT:
            self.unconfirmed[header["i"]] = header["epoch"]
            return
        self.unconfirmed.pop(header.get("attempt", -1), None)
        # An outcome of error says that a change came to nothing: its epoch was claimed, never committed.
        if header["kind"] != "outcome" or header["decision"] != "error":
            self.confirmed_epoch = max(self.confirmed_epoch, header["epoch"])

    def append(self, drafts: Sequence[Mapping[str, Any]]) -> list[Reply]:
        """Append what may stand, in one durable transaction, and say of each draft what became of it."""
        entries: list[Entry] = []
        bodies: list[Body] = []
        moment = clock.now()
        self.hour = max(self.hour, clock.hour(moment))
        time = clock.stamp(moment)
        replies = [self._append_one(draft, time, entries, bodies) for draft in drafts]
        if entries:
            store(entries, bodies, [row for row in map(_unanswered, entries) if row])
        # A crash on this line leaves an erase entry whose fields still stand; the next start erases them.
        erase_fields(self.erasures)
        self.erasures.clear()
        return replies

    def _append_one(
        self, draft: Mapping[str, Any], time: str, entries: list[Entry], bodies: list[Body]
    ) -> Reply:
        try:
            fields = _salted({**draft["body"], "time": time})
            header = {**draft["header"], "v": 1, "i": self.tree.size, "hour": self.hour}
            header["commitment"] = commitment(fields)
            data = encode(header)
            check_header(header)
        except (BadHeader, NotCanonical, KeyError, TypeError) as error:
            return {"error": f"not an entry: {error}"}
        if len(data) > LARGEST_HEADER:
            return {"error": "not an entry: the header is too long"}
        order = self.book.judge(header)
        if order:
            return {"refused": order}
        leaf = leaf_hash(data)
        self._take(header, leaf)
        entries.append(Entry(index=header["i"], header=data, leaf=leaf))
        officer = str(draft["body"].get("officer", ""))[:LONGEST_HANDLE]
        ground = str(draft["body"].get("case", ""))[:LONGEST_HANDLE]
        bodies.append(Body(entry=header["i"], fields=encode(fields).decode(), officer=officer, ground=ground))
        return {"entry": header["i"], "leaf": leaf.hex()}

    def sign(self) -> str:
        """Return a signed checkpoint over everything stored, and keep it."""
        checkpoint = Checkpoint(self.key.name, self.tree.size, self.tree.root())
        note = self.key.sign(checkpoint)
        SignedCheckpoint.objects.using(DATABASE).get_or_create(size=checkpoint.size, defaults={"note": note})
        return note

    def state(self) -> Reply:
        """Return the facts that a starting server compares with its database."""
        return {
            "size": self.tree.size,
            "root": self.tree.root().hex(),
            "confirmed_epoch": self.confirmed_epoch,
            "claimed_epoch": self.claimed_epoch,
            "orders": self.book.orders,
            "order_entries": self.book.entries,
            "unconfirmed": sorted(self.unconfirmed.items()),
        }


def store(
    entries: Sequence[Entry], bodies: Sequence[Body], unanswered: Sequence[UnansweredEntry] = ()
) -> None:
    """Write entries and bodies in one transaction that is on the disk when this returns."""
    with transaction.atomic(using=DATABASE):
        if connections[DATABASE].vendor == "postgresql":
            with connections[DATABASE].cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
        Entry.objects.using(DATABASE).bulk_create(entries)
        Body.objects.using(DATABASE).bulk_create(bodies)
        UnansweredEntry.objects.using(DATABASE).bulk_create(unanswered)


def erase_fields(erasures: Iterable[Erasure]) -> None:
    """Put the hash of each named field in the place of its salt and value. Doing it twice is harmless."""
    for erasure in erasures:
        with transaction.atomic(using=DATABASE):
            body = Body.objects.using(DATABASE).get(entry=erasure["entry"])
            fields = json.loads(body.fields)
            for name in erasure["fields"]:
                fields[name] = {"hash": stored_hash(name, fields[name]).hex()}
            body.fields = encode(fields).decode()
            body.officer = "" if "officer" in erasure["fields"] else body.officer
            body.ground = "" if "case" in erasure["fields"] else body.ground
            body.save(using=DATABASE)


def check_durability() -> None:
    """Raise BrokenLog unless the database keeps what it confirms through a power loss."""
    connection = connections[DATABASE]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
            safe = cursor.fetchone() == ("on", "on")
        else:
            cursor.execute("PRAGMA synchronous")
            safe = cursor.fetchone()[0] >= FULL
    if not safe:
        message = (
            "The audit database may lose entries at a power loss; set synchronous=FULL (SQLite) or fsync=on."
        )
        raise BrokenLog(message)


def _unanswered(entry: Entry) -> UnansweredEntry | None:
    refused = json.loads(bytes(entry.header))["decision"] in {"deny", "error"}
    return UnansweredEntry(leaf=bytes(entry.leaf).hex(), entry=entry.index) if refused else None


def _salted(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"salt": base64.b64encode(os.urandom(SALT_SIZE)).decode(), "value": value}
        for name, value in body.items()
    }
