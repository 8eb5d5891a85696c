"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint)."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from openclear.audit.proof.ed25519 import verify_signature

ED25519 = 1
SIGNATURE_LINE = "\u2014 "
_SIZE = re.compile("0|[1-9][0-9]{0,15}")


class NoteError(ValueError):
    """A note, a key or a checkpoint is malformed, or no signature of the expected key is valid."""


@dataclass(frozen=True)
class VerifierKey:
    """A named public key: `name+keyid+base64(type || 32 bytes)`."""

    name: str
    key_id: bytes
    public_key: bytes


@dataclass(frozen=True)
class Checkpoint:
    """The log's statement about itself: its origin, its number of entries, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the 4 bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([ED25519]) + public_key).digest()[:4]


def key_text(name: str, public_key: bytes) -> str:
    """Return the verifier key line that is given to everyone."""
    blob = base64.b64encode(bytes([ED25519]) + public_key).decode()
    return f"{name}+{key_id(name, public_key).hex()}+{blob}"


def parse_key(text: str) -> VerifierKey:
    """Return the key of a verifier key line. Raises NoteError."""
    try:
        name, identity, blob = text.strip().split("+", 2)
    except ValueError:
        raise NoteError("this is not a verifier key (name+id+base64)") from None
    data = _bytes_of(blob)
    if len(data) != 33 or data[0] != ED25519 or key_id(name, data[1:]).hex() != identity:
        raise NoteError("the verifier key does not match its own id")
    return VerifierKey(name, key_id(name, data[1:]), data[1:])


def sign_note(text: str, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return `text` (which ends with a newline) with one signature line."""
    signature = key_id(name, public_key) + sign(text.encode())
    return f"{text}\n{SIGNATURE_LINE}{name} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """Return the signed text. Raises NoteError if the key did not sign it, or a line of the key is bad."""
    text, parted, signatures = note.rpartition("\n\n")
    if not parted or not signatures.endswith("\n"):
        raise NoteError("the note has no signature")
    text, found = text + "\n", False
    for line in signatures[:-1].split("\n"):
        name, signature = _signature_line(line)
        if name == key.name and signature[:4] == key.key_id:
            if not verify_signature(key.public_key, text.encode(), signature[4:]):
                raise NoteError("the signature is false")
            found = True
    if not found:
        raise NoteError(f"no signature of {key.name}")
    return text


def other_names(note: str, key: VerifierKey) -> set[str]:
    """Return the names of signature lines on an opened note that are not of `key`, made printable. Nothing is checked."""
    lines = [_signature_line(line) for line in note.rpartition("\n\n")[2][:-1].split("\n")]
    names = {name for name, signature in lines if (name, signature[:4]) != (key.name, key.key_id)}
    return {"".join(letter if letter.isprintable() else "?" for letter in name) for name in names}


def _signature_line(line: str) -> tuple[str, bytes]:
    if not line.startswith(SIGNATURE_LINE):
        raise NoteError("a signature line is malformed")
    name, _, blob = line[len(SIGNATURE_LINE) :].partition(" ")
    return name, _bytes_of(blob)


def _bytes_of(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NoteError("a signature, key or root is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise NoteError("base64 with a second spelling")
    return data


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return the three lines of a checkpoint that are signed."""
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint of a signed note. Raises NoteError if anything is wrong with it."""
    return parse_checkpoint(open_note(note, key))


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint in a text, regardless of its signatures. Raises NoteError if it is not one."""
    lines = text.split("\n")
    if len(lines) < 4 or _SIZE.fullmatch(lines[1]) is None:
        raise NoteError("the checkpoint is malformed")
    root = _bytes_of(lines[2])
    if len(root) != 32:
        raise NoteError("the root is not 32 bytes long")
    return Checkpoint(lines[0], int(lines[1]), root)
