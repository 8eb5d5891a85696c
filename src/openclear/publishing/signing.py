"""The key that signs editions: not the log's key, because another program has it."""

from dataclasses import dataclass

from django.conf import settings

from openclear.audit.keys import SigningKey, create_key, read_key
from openclear.audit.proof.notes import sign_note
from openclear.audit.queries import genesis
from openclear.release.files import open_to_all
from openclear.vocabulary.without_grant import without_grant

KEY_FILE = "release.key"


@dataclass(frozen=True)
class ReleaseKey:
    """Signs the digest of a manifest as a C2SP signed note, under the name of the log's origin and `/editions`."""

    key: SigningKey

    def sign(self, digest: str) -> str:
        """Return the signed note over one digest (SHA-256, hexadecimal)."""
        return sign_note(
            f"OpenCLEAR edition\n{digest}\n", self.key.name, self.key.public, self.key.private.sign
        )


@without_grant("reads a key, no record")
def release_key() -> ReleaseKey:
    """Return the key, created at the first edition; its public half is written to the public folder."""
    path = settings.KEYS_FOLDER / KEY_FILE
    if not path.exists():
        create_key(path, f"{genesis(settings.LOG_FOLDER)['origin']}/editions")
    key = read_key(path)
    settings.EDITIONS_FOLDER.mkdir(parents=True, exist_ok=True)
    public_half = settings.EDITIONS_FOLDER / "editions.vkey"
    public_half.write_text(key.line + "\n")
    settings.EDITIONS_FOLDER.chmod(0o755)
    open_to_all(public_half)
    return ReleaseKey(key)
