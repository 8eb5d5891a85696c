"""How people prove who they are: sign-in, tokens, sessions, and which of these somebody has. See `sign_in`."""

from openclear.access.accounts.sign_in import (
    MOST_FAILURES,
    begin_session,
    end_sessions,
    end_tokens,
    forget_session,
    is_locked,
    is_new,
    live_tokens,
    locked_handles,
    note_account,
    note_failure,
    own_turn,
    release_account,
    remember_session,
)

__all__ = [
    "MOST_FAILURES", "begin_session", "end_sessions", "end_tokens", "forget_session", "is_locked", "is_new", "live_tokens", "locked_handles",
    "note_account", "note_failure", "own_turn", "release_account", "remember_session",
]  # fmt: skip
