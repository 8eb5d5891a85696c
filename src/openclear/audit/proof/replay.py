"""Read a whole log again and check everything that it claims: bytes, tree, signatures, orders, bodies."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from openclear.audit.proof.canonical import NotCanonical, decode
from openclear.audit.proof.commitments import BadBody, commitment
from openclear.audit.proof.headers import BadHeader, Header, parse_header
from openclear.audit.proof.merkle import Frontier, leaf_hash
from openclear.audit.proof.notes import Checkpoint, NoteError, open_checkpoint, parse_key
from openclear.audit.proof.orders import OrderBook

MOST_FAULTS = 50
_COUNTED = {"allow": "allowed", "deny": "refused", "error": "errors"}


@dataclass
class Verification:
    """What a replay found. `agencies`: counts for each agency, everything below it included."""

    size: int = 0
    root: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)
    more_faults: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    months: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    book: OrderBook = field(default_factory=OrderBook)
    erased: set[tuple[int, str]] = field(default_factory=set)
    commitments: list[str] = field(default_factory=list)
    checkpoints: int = 0
    bodies_checked: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not self.faults

    def fault(self, entry: int | None, problem: str) -> None:
        """Note that something is wrong, with the number of the entry where one can be named."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append({"entry": entry, "problem": problem})
        else:
            self.more_faults += 1

    def agencies(self) -> dict[str, dict[str, Any]]:
        """Return the counts of every agency that appears, and of every agency above one."""
        return {path: self.agency(path) for path in sorted({path for path, _, _ in self.counts})}

    def agency(self, path: str) -> dict[str, Any]:
        """Return the counts of one agency and all below it, before, under and after orders on it."""
        result: dict[str, Any] = {}
        for word in _COUNTED.values():
            parts = {phase: self.counts[path, word, phase] for phase in ("before", "under", "after")}
            result[word] = sum(parts.values())
            result |= {f"{word}_{phase}_order": count for phase, count in parts.items()}
        result["orders"] = self.book.covering(path)
        return result


def months_of(result: Verification, path: str) -> dict[str, dict[str, int]]:
    """Return for each month what was allowed, refused and failed for one agency and all below it."""
    months = sorted({month for agency, month, _ in result.months if agency == path})
    return {month: {word: result.months[path, month, word] for word in _COUNTED.values()} for month in months}


def replay(
    headers: Iterable[bytes],
    leaves: Iterable[bytes],
    checkpoints: Sequence[str],
    key_line: str,
    bodies: Iterable[bytes] | None = None,
) -> Verification:
    """Return what is true of a log. `checkpoints`: signed notes; `bodies`: one canonical line an entry."""
    result = Verification()
    notes = _open_checkpoints(result, checkpoints, key_line)
    roots = _read_entries(result, headers, leaves, {note.size for note in notes}, key_line)
    for note in notes:
        _compare(result, note, roots)
    if notes and notes[-1].size < result.size:
        result.fault(notes[-1].size, "stands behind the newest checkpoint: inserted, or not yet signed")
    if bodies is not None:
        _check_bodies(result, bodies)
    return result


def _open_checkpoints(result: Verification, notes: Sequence[str], key_line: str) -> list[Checkpoint]:
    opened = []
    for note in notes:
        try:
            opened.append(open_checkpoint(note, parse_key(key_line)))
        except NoteError as error:
            result.fault(None, f"checkpoint: {error}")
    if not notes:
        result.fault(None, "checkpoint: there is none, so nothing binds the entries")
    result.checkpoints = len(opened)
    return sorted(opened, key=lambda note: note.size)


def _read_entries(
    result: Verification, headers: Iterable[bytes], leaves: Iterable[bytes], sizes: set[int], key_line: str
) -> dict[int, bytes]:
    tree, roots, hour = Frontier(), {0: Frontier().root()}, ""
    for place, (data, leaf) in enumerate(zip_longest(headers, leaves)):
        if data is None or leaf is None:
            result.fault(place, "removed" if data is None else "inserted: it has no leaf hash")
            break
        if leaf_hash(data) != leaf:
            result.fault(place, "its bytes are not those that the tree holds")
        tree.add(leaf_hash(data))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
        hour = _read_header(result, place, data, hour, key_line)
    result.size, result.root = tree.size, tree.root().hex()
    return roots


def _read_header(result: Verification, place: int, data: bytes, hour: str, key_line: str) -> str:
    try:
        header = parse_header(data)
    except BadHeader as error:
        result.fault(place, f"not a header: {error}")
        result.commitments.append("")
        return hour
    result.commitments.append(header["commitment"])
    if header["i"] != place:
        result.fault(place, f"numbered {header['i']}: moved, removed or inserted entries")
    if header["hour"] < hour:
        result.fault(place, "older than the entry before it")
    if (place == 0) != (header["kind"] == "genesis"):
        result.fault(place, "a log begins with its genesis entry, and only begins")
    if header["kind"] == "genesis" and header["genesis"].get("key") != key_line.strip():
        result.fault(place, "names another key than the one given")
    _apply(result, place, header)
    return max(hour, str(header["hour"]))


def _apply(result: Verification, place: int, header: Header) -> None:
    if header.get("attempt", 0) > place:
        result.fault(place, "is the outcome of an entry that comes later")
    if header["kind"] == "erase":
        result.erased |= {(header["erase"]["entry"], name) for name in header["erase"]["fields"]}
    order = result.book.judge(header)
    if order:
        result.fault(place, f"an allow behind order {order}")
    _count(result, header)
    result.book.apply(header)


def _count(result: Verification, header: Header) -> None:
    word = _COUNTED.get(header["decision"])
    if word is None:
        return
    for path in _links(header["agencies"]):
        result.counts[path, word, result.book.phase(path, header["dataset"], header["purpose"])] += 1
        result.months[path, header["hour"][:7], word] += 1


def _links(agencies: list[str]) -> set[str]:
    links = set()
    for path in agencies:
        parts = path.split(".")
        links |= {".".join(parts[: depth + 1]) for depth in range(len(parts))}
    return links


def _compare(result: Verification, note: Checkpoint, roots: dict[int, bytes]) -> None:
    if note.size not in roots:
        result.fault(result.size, f"removed: the checkpoint signs {note.size} entries")
    elif roots[note.size] != note.root:
        earlier = [size for size in roots if size < note.size]
        first = max(earlier, default=0)
        result.fault(
            note.size - 1, f"an entry from {first} to {note.size - 1} is not the one that was signed"
        )


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
        result.fault(entry, "its body is missing: another stands in its place")
        return
    if commitment(body["fields"]) != result.commitments[entry]:
        result.fault(entry, "its body is not the one that its header binds")
    for name, stored in body["fields"].items():
        if "hash" in stored and (entry, name) not in result.erased:
            result.fault(entry, f"its field {name} is missing, and no erase entry says why")
