"""Opening the log for its one writer: read again, compared with what stands beside the key; or accepted by two people.

An honest crash leaves the stored log as the head has it, or one batch further; anything else is a refusal to start.
"""

import hmac
from collections.abc import Sequence
from pathlib import Path

from openclear.audit.comparing import Comparison
from openclear.audit.errors import BrokenLog
from openclear.audit.heads import FINGERPRINT, Head, HeadFile, Signed
from openclear.audit.keys import SigningKey, read_key
from openclear.audit.ledger import Ledger, keep_checkpoint
from openclear.audit.models import Entry, SignedCheckpoint
from openclear.audit.proof.merkle import EMPTY_ROOT
from openclear.audit.storing import newest_code

DATABASE = "audit"
KEY_FILE = "log.key"
CHUNK = 10_000


def begin_head(folder: Path, key: SigningKey) -> None:
    """Put the head of an empty log beside its new key."""
    HeadFile(folder, key).begin(Head(0, EMPTY_ROOT.hex()), [])


def open_ledger(folder: Path) -> Ledger:
    """Return the ledger of the log whose key and head stand in `folder`.

    Raises BrokenLog, naming the first entry that differs, where the stored log is not the one that was appended.
    """
    key = read_key(folder / KEY_FILE)
    heads = HeadFile(folder, key)
    ledger, comparison = Ledger(key, heads), Comparison(heads.read())
    head = comparison.beside.head
    leaves = read_stored(ledger, [comparison])
    code = heads.seal_batch(head.size, ledger.tree.size, ledger.tree.root().hex())
    is_own = hmac.compare_digest(code, newest_code())
    if problem := comparison.problem(ledger.tree.size, is_own_batch=is_own):
        raise BrokenLog(problem)
    _compare_checkpoints(comparison.beside.signed)
    ledger.go_on_from(comparison.beside.signed)
    if ledger.head != head:
        heads.write(ledger.head)
    if comparison.is_incomplete:
        heads.fingerprint(0, leaves)
    return ledger


def read_stored(ledger: Ledger, comparisons: Sequence[Comparison]) -> list[bytes]:
    """Let a ledger and some comparisons take every stored entry, and return the beginnings of the leaf hashes."""
    leaves = []
    rows = Entry.objects.using(DATABASE).values_list("index", "header", "leaf")
    for index, data, stored in rows.iterator(chunk_size=CHUNK):
        leaf = bytes(stored)
        ledger.read_entry(index, bytes(data), leaf)
        leaves.append(leaf[:FINGERPRINT])
        for comparison in comparisons:
            comparison.take(ledger.tree, leaf)
    return leaves


def _compare_checkpoints(beside: Sequence[Signed]) -> None:
    stored = {row.size: Signed(row.note, row.listing) for row in SignedCheckpoint.objects.using(DATABASE)}
    for each in beside[:-1]:
        if stored.get(each.size) != each:
            raise BrokenLog(
                f"The checkpoint over {each.size} entries was removed from the audit database or changed."
            )
    for newest in beside[-1:]:
        keep_checkpoint(newest)
        stored.setdefault(newest.size, newest)
        if stored[newest.size] != newest:
            raise BrokenLog(f"The checkpoint over {newest.size} entries was changed in the audit database.")
    if unknown := sorted(stored.keys() - {each.size for each in beside}):
        raise BrokenLog(
            f"The checkpoint over {unknown[0]} entries in the audit database was never signed here."
        )
