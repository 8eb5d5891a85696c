"""The log's signing key: created once, read only by the sequencer (a file of its own user, mode 0600)."""

import hmac
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from openclear.audit.errors import BrokenLog
from openclear.audit.proof.notes import Checkpoint, checkpoint_text, key_text, sign_note
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key and the name (the log's origin) that it signs for."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public half."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def line(self) -> str:
        """The verifier key line that is given to everyone."""
        return key_text(self.name, self.public)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the checkpoint as a signed note."""
        return self.sign_text(checkpoint_text(checkpoint))

    def sign_text(self, text: str) -> str:
        """Return lines of text as a signed note."""
        return sign_note(text, self.name, self.public, self.private.sign)

    def code(self, data: bytes) -> bytes:
        """Return a code over `data` that only the holder of the key can make or check. It is not a signature."""
        return hmac.digest(self._secret, data, "sha256")

    @cached_property
    def _secret(self) -> bytes:
        raw = self.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return hmac.digest(raw, b"openclear-code/v1", "sha256")


@without_grant("runs as the city itself, when a process starts")
def create_key(path: Path, name: str) -> SigningKey:
    """Create a key for the log `name` at `path`. Raises FileExistsError rather than replace one."""
    private = Ed25519PrivateKey.generate()
    data = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{name}\n{data.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return SigningKey(name, private)


@without_grant("runs as the city itself, when a process starts")
def read_key(path: Path) -> SigningKey:
    """Return the key at `path`. Raises BrokenLog if it is absent, malformed, or readable by other users."""
    try:
        if path.stat().st_mode & 0o077:
            message = f"The signing key {path} can be read by other users; run chmod 600 on it."
            raise BrokenLog(message)
        name, data = path.read_text().split()
        return SigningKey(name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(data)))
    except (OSError, ValueError):
        message = f"There is no readable signing key at {path}; restore it from its backup."
        raise BrokenLog(message) from None
