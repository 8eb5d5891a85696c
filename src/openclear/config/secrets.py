"""The web process's own secret: it signs cookies and form tokens and has no other use."""

import contextlib
import os
import secrets
from pathlib import Path

from openclear.vocabulary.without_grant import without_grant

FILE_NAME = "web.key"


@without_grant("sets a process up; reads no record")
def web_secret(folder: Path) -> str:
    """Return the secret in `folder`, created at first use; before `init`, a secret that is not stored."""
    secret = secrets.token_urlsafe(48)
    with contextlib.suppress(FileExistsError, FileNotFoundError):
        descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, secret.encode())
        os.close(descriptor)
    with contextlib.suppress(FileNotFoundError):
        return (folder / FILE_NAME).read_text() or secret
    return secret
