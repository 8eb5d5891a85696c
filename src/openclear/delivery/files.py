"""Where the files of exports are, and what is next to each.

Next to each file: the ids of its rows, 16 bytes each, the ids of other records that a row mentions, and for CSV where
each row begins, so that each range is compared with the current records. Both lists of ids stay when the file is
removed: oversight asks who was shown what.
"""

import os
from bisect import bisect_left, bisect_right
from mmap import ACCESS_READ, mmap
from pathlib import Path
from uuid import UUID

from django.conf import settings

from openclear.vocabulary.without_grant import without_grant

NOTHING = UUID(int=0)
OWN_ALONE = 0o600


@without_grant("names a file; reads nothing")
def path_of(identity: object) -> Path:
    """Return the path of the file of an export."""
    folder: Path = settings.EXPORTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / str(identity)


@without_grant("for an export whose grant was required")
def ids_of(identity: object, start: int, stop: int) -> list[str]:
    """Return the ids, in hexadecimal, of the rows with bytes between `start` and `stop`.

    For Parquet and PDF, the ids of all rows.
    """
    return _beside(identity, ".ids", start, stop)


@without_grant("for an export whose grant was required")
def told_in(identity: object, start: int, stop: int) -> list[str]:
    """Return the other records that those rows mention: the ids of registered owners, and of incidents that mention an arrest."""
    return [one for one in _beside(identity, ".told", start, stop) if one != NOTHING.hex]


def _beside(identity: object, suffix: str, start: int, stop: int) -> list[str]:
    ids = path_of(identity).with_suffix(suffix)
    first, last = 0, ids.stat().st_size // 16
    begins = path_of(identity).with_suffix(".rows")
    if begins.exists() and last:
        with (
            begins.open("rb") as file,
            mmap(file.fileno(), 0, access=ACCESS_READ) as data,
            memoryview(data).cast("Q") as places,
        ):
            first, last = max(0, bisect_right(places, start) - 1), bisect_left(places, stop)
    with ids.open("rb") as file:
        file.seek(16 * first)
        held = file.read(16 * (last - first)).hex()
    return [held[place : place + 32] for place in range(0, len(held), 32)]


@without_grant("for oversight's question and for a sealing, whose grants were required")
def exports_telling_of(record: UUID) -> list[str]:
    """Return the ids of the exports that ever contained a record, or rows that mention it, as a vehicle does its registered owner."""
    return sorted({*_with_id(record, ".ids"), *_with_id(record, ".told")})


def _with_id(record: UUID, suffix: str) -> list[str]:
    beside = path_of("x").parent.glob(f"*{suffix}")
    return [path.stem for path in beside if _stands_in(_bytes_of(path), record.bytes)]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # removed since it was listed
        return b""


def _stands_in(ids: bytes, wanted: bytes) -> bool:
    place = ids.find(wanted)
    while place >= 0 and place % 16:
        place = ids.find(wanted, place + 1)
    return place >= 0


@without_grant("ends a file, and shows nothing")
def remove(identity: object) -> None:
    """Remove the file of an export, and anything its making left next to it. Doing it twice is harmless."""
    path = path_of(identity)
    for left in (path, *(path.with_suffix(suffix) for suffix in (".draft", ".made", ".rows"))):
        left.unlink(missing_ok=True)


@without_grant("the worker's duty: it shows nothing")
def remove_drafts() -> None:
    """Remove the drafts of killed workers. Call it only when nothing is being made."""
    for suffix in (".draft", ".made"):
        for left in path_of("x").parent.glob(f"*{suffix}"):
            left.unlink(missing_ok=True)


@without_grant("opens a new file; reads nothing")
def private(path: Path) -> int:
    """Return a new file that only its owner may read, replacing one of that name."""
    # Regardless of the umask: a killed worker leaves rows of records behind.
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWN_ALONE)


@without_grant("writes a file; reads nothing")
def write(path: Path, data: bytes | bytearray) -> None:
    """Write such a file."""
    with os.fdopen(private(path), "wb") as file:
        file.write(data)
