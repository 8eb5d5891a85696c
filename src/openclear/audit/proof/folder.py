"""An exported log as it lies in a folder: its files read, replayed, and compared with what outsiders kept."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.replay import replay
from openclear.audit.proof.verification import Verification

GIVEN, EXPORTED = (
    "given with --key",
    "the export's own log.vkey; compare it with the one that the city publishes",
)
# All files of an export; signatures and hashes cover each file except the last two.
FILES = (
    "headers.jsonl", "leaves", "checkpoint", "checkpoints", "checkpoints.note", "log.vkey", "bodies.jsonl",
    "verify.py", "README.txt",
)  # fmt: skip


def verify_directory(
    directory: Path,
    key_line: str | None = None,
    outside: Sequence[Path] = (),
    *,
    require_outside: bool = False,
) -> Verification:
    """Verify the export in `directory`, also against checkpoints that an outsider kept.

    Raises OSError if a file is missing or cannot be read.
    """
    own_key = _text(directory / "log.vkey")
    paths = sorted((directory / "checkpoints").iterdir())
    notes = {path.name: _text(path) for path in paths if path.is_file()}
    bodies, listing = directory / "bodies.jsonl", directory / "checkpoints.note"
    result = replay(
        _lines(directory / "headers.jsonl"),
        _leaves(directory / "leaves"),
        [*notes.values(), _text(directory / "checkpoint")],
        key_line or own_key,
        _lines(bodies) if bodies.exists() else None,
        listing=_text(listing) if listing.exists() else "",
        outside={str(path): _text(path) for path in outside},
    )
    _check_names(result, own_key, notes)
    for path in paths:
        if not path.is_file():
            result.fault(
                None, f"checkpoints/{path.name} is not a file; a folder of checkpoints contains only files"
            )
    need_outside(result, len(outside), required=require_outside)
    result.key_from = GIVEN if key_line else EXPORTED
    result.unknown_files = sorted({path.name for path in directory.iterdir()} - set(FILES))
    return result


def need_outside(result: Verification, given: int, *, required: bool) -> None:
    """Make it a fault that nothing from outside was compared, if that is `required`."""
    if required and not given:
        result.fault(None, "no outside checkpoint was given (--checkpoint), and one is required")


def _check_names(result: Verification, own_key: str, notes: Mapping[str, str]) -> None:
    if own_key != result.key + "\n":
        result.lead(None, "log.vkey is another key than the one used")
    for name, note in notes.items():
        if name != f"{size_of(note):012d}":
            result.fault(None, f"checkpoints/{name} is not the checkpoint that its name says")


def found_by_token(directory: Path, token: str) -> list[str]:
    """Return the line about the refusal or mistake whose requester has `token`, its leaf hash; empty if there is none."""
    wanted = token.strip().lower()
    leaves = enumerate(_leaves(directory / "leaves"))
    place = next((number for number, leaf in leaves if leaf.hex() == wanted), None)
    if place is None:
        return []
    header = next(islice(_lines(directory / "headers.jsonl"), place, None), b"").decode(errors="replace")
    return [f"token          entry {place}: {header}"]


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line[:-1] if line.endswith(b"\n") else line + b"(no end of line)"


def _leaves(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while leaf := file.read(32):
            yield leaf


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")
