"""Route 13: whoever removes evidence is found out."""

from tests.protections.protection import protection

REPLAY = "audit/proof/replay.py"
FLIPPED = (REPLAY, "        if leaf_hash(data) != leaf:\n", "        if False:\n")
OPENED = ("audit/opening.py", "        raise BrokenLog(problem)\n", "        pass\n")

THE_LOG = [
    protection(
        13, "bytes and leaf hashes are compared; an entry's number is its place",
        "test_removed_reordered_and_inserted_entries_are_named",
        FLIPPED, (REPLAY, '        if header["i"] != place:\n', "        if False:\n"),
    ),
    protection(
        13, "as many headers as leaf hashes", "test_removed_reordered_and_inserted_entries_are_named",
        (REPLAY, '            result.fault(place, "removed" if data is None else "inserted: it has no leaf hash")\n', ""),
    ),
    protection(13, "bytes and leaf hashes are compared", "test_any_flipped_byte_is_named", FLIPPED),
    protection(
        13, "the writer compares at its start: what was rewritten", "test_the_order_and_all_refusals_removed", OPENED,
    ),
    protection(
        13, "a replay compares with what stands beside the key", "test_the_order_and_all_refusals_removed",
        ("audit/checking.py", "    compared.tell_first(result)\n", ""),
    ),
    protection(
        13, "the writer compares at its start: what was cut off", "test_the_newest_entries_and_checkpoint_removed", OPENED,
    ),
    protection(
        13, "the head beside the key says how far the log went", "test_the_newest_entries_and_checkpoint_removed",
        ("audit/comparing.py", "        if self._broken is None and size >= self.beside.head.size:", "        if self._broken is None:"),
    ),
]  # fmt: skip
