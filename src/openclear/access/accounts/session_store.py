"""Sessions in the database, under keys that only this program makes."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseSessions):
    """Django's sessions; a cookie without one of our keys is not a session and never reaches the database."""

    def _validate_session_key(self, key: str) -> bool:
        return bool(key) and _KEY.fullmatch(key) is not None
