"""Read a whole log again and check everything in it: bytes, tree, signatures, orders, bodies."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from openclear.audit.proof.canonical import NotCanonical, decode
from openclear.audit.proof.checkpoints import (
    compare_checkpoints,
    compare_listing,
    compare_outside,
    open_checkpoints,
    open_outside,
)
from openclear.audit.proof.commitments import BadBody, commitment
from openclear.audit.proof.headers import BadHeader, Header, parse_header
from openclear.audit.proof.merkle import Frontier, leaf_hash
from openclear.audit.proof.verification import Verification


def replay(  # noqa: PLR0913 - a log has these parts, and each is named
    headers: Iterable[bytes],
    leaves: Iterable[bytes],
    checkpoints: Sequence[str],
    key_line: str,
    bodies: Iterable[bytes] | None = None,
    *,
    listing: str | None = None,
    outside: Mapping[str, str] | None = None,
) -> Verification:
    """Return the findings on a log.

    `checkpoints`: signed notes; `bodies`: one canonical line per entry. `listing`: the signed list of the
    checkpoints, "" if there is none; None to skip it. `outside`: checkpoints that somebody else kept, by their
    origin.
    """
    result = Verification(key=key_line.strip())
    notes = open_checkpoints(result, checkpoints, key_line)
    kept = open_outside(result, outside or {}, key_line)
    sizes = {note.size for note in [*notes, *kept.values()]}
    roots = _read_entries(result, headers, leaves, sizes)
    compare_checkpoints(result, notes, roots)
    compare_outside(result, kept, roots)
    if listing is not None:
        compare_listing(result, listing, notes, key_line)
    if bodies is not None:
        _check_bodies(result, bodies)
    return result


def _read_entries(
    result: Verification, headers: Iterable[bytes], leaves: Iterable[bytes], sizes: set[int]
) -> dict[int, bytes]:
    reader = _Reader(result)
    roots = {0: reader.tree.root()}
    for place, (data, leaf) in enumerate(zip_longest(headers, leaves)):
        if data is None or leaf is None:
            result.fault(place, "removed" if data is None else "inserted: it has no leaf hash")
            break
        if leaf_hash(data) != leaf:
            result.fault(place, "its bytes are not those that the tree holds")
        reader.take(place, data)
        if reader.tree.size in sizes:
            roots[reader.tree.size] = reader.tree.root()
    result.size, result.root = reader.tree.size, reader.tree.root().hex()
    return roots


class _Reader:
    """Reads one header after another, and keeps what the next one is compared with."""

    def __init__(self, result: Verification) -> None:
        self.result, self.tree, self.hour = result, Frontier(), ""

    def take(self, place: int, data: bytes) -> None:
        try:
            header = parse_header(data)
        except BadHeader as error:
            self.result.fault(place, f"not a header: {error}")
            self.result.commitments.append("")
        else:
            self.result.commitments.append(header["commitment"])
            self._check_order(place, header)
            self._apply(place, header)
            self.hour = max(self.hour, str(header["hour"]))
        self.tree.add(leaf_hash(data))

    def _check_order(self, place: int, header: Header) -> None:
        fault = self.result.fault
        if header["i"] != place:
            fault(place, f"numbered {header['i']}: moved, removed or inserted entries")
        if header["hour"] < self.hour:
            fault(place, "older than the entry before it")
        if (place == 0) != (header["kind"] == "genesis"):
            fault(place, "the first entry, and only the first, is the genesis entry")
        if header["kind"] == "genesis" and header["genesis"].get("key") != self.result.key:
            fault(place, "names another key than the one given")
        if header.get("attempt", 0) > place:
            fault(place, "is the outcome of an entry that comes later")

    def _apply(self, place: int, header: Header) -> None:
        result = self.result
        if header["kind"] == "head":
            self._note_head(place, header)
        if header["kind"] == "genesis" and "head" in header["genesis"]:
            result.lists_checkpoints = True
        if header["kind"] == "erase":
            result.erased |= {(header["erase"]["entry"], name) for name in header["erase"]["fields"]}
        order = result.book.judge(header)
        if order:
            result.fault(place, f"an allow after order {order}")
        result.tally.take(header, result.book)
        result.book.apply(header)

    def _note_head(self, place: int, header: Header) -> None:
        self.result.lists_checkpoints = True
        self.result.heads.append(header)
        facts = header["head"]
        if (facts["size"], facts["root"]) != (place, self.tree.root().hex()):
            self.result.fault(place, "says that the log before it was different from what it is")


def _check_bodies(result: Verification, bodies: Iterable[bytes]) -> None:
    for entry, (line, _) in enumerate(zip_longest(bodies, range(result.size))):
        if entry >= result.size:
            result.fault(entry, "a body that belongs to no entry")
            break
        if line is None:
            result.fault(entry, "its body is missing, and no erase entry says why")
            continue
        try:
            _check_body(result, entry, line)
        except (BadBody, NotCanonical) as error:
            result.fault(entry, f"its body is malformed: {error}")
    result.bodies_checked = True


def _check_body(result: Verification, entry: int, line: bytes) -> None:
    body = decode(line)
    if (
        not isinstance(body, dict)
        or body.keys() != {"entry", "fields"}
        or not isinstance(body["fields"], dict)
    ):
        raise BadBody("not an entry's number with its fields")
    if body["entry"] is True or body["entry"] != entry:
        result.fault(entry, "its body is missing: another is in its place")
        return
    if commitment(body["fields"]) != result.commitments[entry]:
        result.fault(entry, "its body is not the one that its header binds")
    for name, stored in body["fields"].items():
        if "hash" in stored and (entry, name) not in result.erased:
            result.fault(entry, f"its field {name} is missing, and no erase entry says why")
