"""The log in its one writer: judge, number, commit to the body, store durably, sign.

Crash-only: if storing fails, the process must end, and the next one reads what is durable.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from openclear.audit.columns import columns_of
from openclear.audit.errors import BrokenLog
from openclear.audit.heads import Head, HeadFile, Signed
from openclear.audit.keys import SigningKey
from openclear.audit.models import Body, Entry, SignedCheckpoint, UnansweredEntry
from openclear.audit.proof.canonical import NotCanonical, encode
from openclear.audit.proof.commitments import SALT_SIZE, commitment
from openclear.audit.proof.headers import LARGEST_HEADER, BadHeader, Header, check_header, parse_header
from openclear.audit.proof.listing import Listing
from openclear.audit.proof.merkle import Frontier, leaf_hash
from openclear.audit.proof.notes import Checkpoint, parse_checkpoint
from openclear.audit.proof.orders import OrderBook
from openclear.audit.storing import Erasure, check_durability, erase_fields, store
from openclear.vocabulary import clock
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
# An entry of these kinds is written before its change is committed; every other entry shows a committed epoch.
AHEAD_OF_COMMIT = ("order", "registry", "affiliation", "policy")
Reply = dict[str, Any]


class Ledger:
    """The tree, the orders and the epochs of one log, as far as it is durable. `openclear.audit.opening` opens one."""

    def __init__(self, key: SigningKey, heads: HeadFile) -> None:
        """Start empty. Raises BrokenLog if the database may lose what it confirms."""
        self.key, self.heads = key, heads
        self.tree, self.book = Frontier(), OrderBook()
        self.hour = self.note = self.genesis = ""
        self.confirmed_epoch = self.claimed_epoch = 0
        self.unconfirmed: dict[int, int] = {}
        self.erasures: dict[int, Erasure] = {}
        self.signed_size = 0
        self._roots: dict[int, str] = {}
        self._listing = Listing()
        check_durability()

    def read_entry(self, number: int, data: bytes, leaf: bytes) -> None:
        """Add the next stored entry. Raises BrokenLog if it is not valid in itself."""
        if number != self.tree.size or leaf_hash(data) != leaf:
            message = f"Entry {self.tree.size} of the log was changed or removed; run openclear log verify."
            raise BrokenLog(message)
        try:
            header = parse_header(data)
        except BadHeader as error:
            raise BrokenLog(f"Entry {number} of the log is not a valid entry: {error}.") from None
        self._take(header, leaf)

    def go_on_from(self, signed: Sequence[Signed]) -> None:
        """Load the published checkpoints, and finish erasures that a crash interrupted."""
        for each in signed:
            self._remember(parse_checkpoint(each.note), each.note)
        # A checkpoint is signed after the erasures before it are done, so only those after the newest are repeated.
        erase_fields(self.erasures[number] for number in self.erasures if number >= self.signed_size)
        self.erasures.clear()

    @property
    def head(self) -> Head:
        """The head of what is stored."""
        return Head(self.tree.size, self.tree.root().hex(), self.note)

    def _take(self, header: Header, leaf: bytes) -> None:
        self.genesis = self.genesis or leaf.hex()
        self.tree.add(leaf)
        self.book.apply(header)
        self.hour = header["hour"]
        if header["kind"] == "erase":
            self.erasures[header["i"]] = header["erase"]
        self.claimed_epoch = max(self.claimed_epoch, header["epoch"])
        if header["kind"] in AHEAD_OF_COMMIT:
            self.unconfirmed[header["i"]] = header["epoch"]
            return
        self.unconfirmed.pop(header.get("attempt", -1), None)
        # An outcome `error` says that a change failed: its epoch was claimed, never committed.
        if header["kind"] != "outcome" or header["decision"] != "error":
            self.confirmed_epoch = max(self.confirmed_epoch, header["epoch"])

    def append(self, new_entries: Sequence[Mapping[str, Any]]) -> list[Reply]:
        """Append the valid entries in one durable transaction, and return the outcome of each draft."""
        entries: list[Entry] = []
        bodies: list[Body] = []
        before, moment = self.tree.size, clock.now()
        self.hour = max(self.hour, clock.hour(moment))
        time = clock.stamp(moment)
        replies = [self._append_one(new_entry, time, entries, bodies) for new_entry in new_entries]
        if entries:
            self._keep(before, entries, bodies)
        # A crash on this line leaves an erase entry whose fields still exist; the next start erases them.
        erase_fields(self.erasures.values())
        self.erasures.clear()
        return replies

    def _keep(self, before: int, entries: Sequence[Entry], bodies: Sequence[Body]) -> None:
        head = self.head
        entries[-1].batch_code = self.heads.seal_batch(before, head.size, head.root)
        # A crash on this line leaves the log as it was: these entries were not confirmed to anyone.
        store(entries, bodies, [row for row in map(_unanswered, entries) if row])
        # A crash on this line leaves the database ahead of the head by this one batch, whose code proves that it is
        # the writer's own: the next start accepts it, as entries without an answer, and refuses anything else.
        self.heads.write(head)
        # A crash on this line leaves entries without an answer, in both database and head.
        self.heads.fingerprint(before, [bytes(entry.leaf) for entry in entries])

    def _append_one(
        self, new_entry: Mapping[str, Any], time: str, entries: list[Entry], bodies: list[Body]
    ) -> Reply:
        try:
            fields = _salted({**new_entry["body"], "time": time})
            header = {**new_entry["header"], "v": 1, "i": self.tree.size, "hour": self.hour}
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
        bodies.append(Body(entry=header["i"], fields=encode(fields).decode(), **columns_of(fields)))
        return {"entry": header["i"], "leaf": leaf.hex()}

    def sign(self) -> str:
        """Return a signed checkpoint over everything stored, and store it with the signed list of all."""
        if self.tree.size == self.signed_size:
            return self.note
        checkpoint = Checkpoint(self.key.name, self.tree.size, self.tree.root())
        note = self.key.sign(checkpoint)
        self._remember(checkpoint, note)
        signed = Signed(note, self.key.sign_text(self._listing.text(self.key.name)))
        # A crash on this line leaves a checkpoint that was given to nobody.
        self.heads.keep(signed)
        # A crash on this line, or the next, leaves a checkpoint missing in the database; the next start adds it.
        self.heads.write(self.head)
        keep_checkpoint(signed)
        return note

    def _remember(self, checkpoint: Checkpoint, note: str) -> None:
        self.note, self.signed_size = note, checkpoint.size
        self._roots[checkpoint.size] = checkpoint.root.hex()
        self._listing.add(checkpoint)

    def root_at(self, size: int) -> str | None:
        """Return the root that a checkpoint over `size` entries signed, or that of all; None if there is none."""
        return self.tree.root().hex() if size == self.tree.size else self._roots.get(size)

    def state(self) -> Reply:
        """Return the facts that a starting server compares with its database."""
        return {
            "size": self.tree.size,
            "root": self.tree.root().hex(),
            "checkpoint": self.note,
            "confirmed_epoch": self.confirmed_epoch,
            "claimed_epoch": self.claimed_epoch,
            "orders": self.book.orders,
            "order_entries": self.book.entries,
            "places": {identity: self.book.places(identity) for identity in self.book.orders},
            "unconfirmed": sorted(self.unconfirmed.items()),
        }


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def keep_checkpoint(signed: Signed) -> None:
    """Store a checkpoint in the database, replacing any row for its size."""
    SignedCheckpoint.objects.using(DATABASE).update_or_create(
        size=signed.size, defaults={"note": signed.note, "listing": signed.listing}
    )


def _unanswered(entry: Entry) -> UnansweredEntry | None:
    refused = json.loads(bytes(entry.header))["decision"] in {"deny", "error"}
    return UnansweredEntry(leaf=bytes(entry.leaf).hex(), entry=entry.index) if refused else None


def _salted(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"salt": base64.b64encode(os.urandom(SALT_SIZE)).decode(), "value": value}
        for name, value in body.items()
    }
