"""Sessions in the database, under digests of keys that only this program makes.

The key itself is in the cookie alone, so that nobody gets a session from a copy of the table.
"""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from openclear.access.gate.credentials import digest_of
from openclear.vocabulary import clock
from openclear.vocabulary.without_grant import without_grant

_KEY = re.compile(r"[a-z0-9]{32}")
# As many characters as Django's column takes: 160 bits of the digest, of a key with 165 random bits.
_KEPT = 40


@without_grant("makes a digest of its argument; reads nothing")
def stored_key(key: str) -> str:
    """Return what is stored of a session's key: the beginning of its SHA-256, which is no key itself."""
    return digest_of(key)[:_KEPT]


class SessionStore(DatabaseSessions):
    """Django's sessions; a cookie without one of our keys is not a session and never reaches the database."""

    def exists(self, session_key: str) -> bool:
        """Say whether there is a session with this key."""
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: Any) -> Any:
        """Return the row of this session, with the digest of its key."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session with this key, or this one; deleting one that is not there is harmless."""
        key = session_key or self.session_key
        if key:
            super().delete(stored_key(key))

    def _get_session_from_db(self) -> Any:
        # As Django's own, which looks for the key itself.
        if self.session_key is None:
            return None
        found = self.model.objects.filter(
            session_key=stored_key(self.session_key), expire_date__gt=clock.now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def _validate_session_key(self, key: str) -> bool:
        return bool(key) and _KEY.fullmatch(key) is not None
