"""Opening the log for its one writer: read again, compared with the files next to the key; or accepted by two people.

A plain crash leaves the stored log as in the head, or one batch further; with anything else the writer refuses to
start.
"""

import hmac
import logging
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
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
KEY_FILE = "log.key"
CHUNK = 10_000
alarm = logging.getLogger("openclear.alarm")


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def begin_head(folder: Path, key: SigningKey) -> None:
    """Write the head of an empty log next to its new key."""
    HeadFile(folder, key).begin(Head(0, EMPTY_ROOT.hex()), [])


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def open_ledger(folder: Path) -> Ledger:
    """Return the ledger of the log whose key and head are in `folder`.

    Raises BrokenLog, naming the first entry that differs, if the stored log is not the one that was appended.
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
    _mend_checkpoints(comparison.beside.signed)
    ledger.go_on_from(comparison.beside.signed)
    if ledger.head != head:
        heads.write(ledger.head)
    if comparison.is_incomplete:
        heads.fingerprint(0, leaves)
    return ledger


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def read_stored(ledger: Ledger, comparisons: Sequence[Comparison]) -> list[bytes]:
    """Feed every stored entry to a ledger and some comparisons, and return the first bytes of the leaf hashes."""
    leaves = []
    rows = Entry.objects.using(DATABASE).values_list("index", "header", "leaf")
    for index, data, stored in rows.iterator(chunk_size=CHUNK):
        leaf = bytes(stored)
        ledger.read_entry(index, bytes(data), leaf)
        leaves.append(leaf[:FINGERPRINT])
        for comparison in comparisons:
            comparison.take(ledger.tree, leaf)
    return leaves


def _mend_checkpoints(beside: Sequence[Signed]) -> None:
    # The table is rebuilt from the files next to the key: no row of it can stop the log, and none is trusted.
    table = SignedCheckpoint.objects.using(DATABASE)
    stored = {row.size: Signed(row.note, row.listing) for row in table}
    wanted = {each.size: each for each in beside}
    foreign = sorted(stored.keys() - wanted.keys())
    wrong = [size for size in wanted if stored.get(size) != wanted[size]]
    # Only the newest can be missing in the table after a crash.
    newest = [each.size for each in beside[-1:] if each.size not in stored]
    for size in foreign + [size for size in wrong if size not in newest]:
        alarm.critical(
            "the checkpoint over %s entries in the audit database was added, changed or removed", size
        )
    table.filter(size__in=foreign).delete()
    for size in wrong:
        keep_checkpoint(wanted[size])
