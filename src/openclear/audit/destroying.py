"""Destroying erased data as far as a program can: also in SQLite's write-ahead log."""

from django.db import connections

from openclear.vocabulary.without_grant import without_grant

WAIT_SECONDS = 20.0


@without_grant("for an erasure, whose grant was required")
def empty_write_ahead_log(database: str, *, seconds: float = WAIT_SECONDS) -> bool:
    """Write SQLite's write-ahead log of `database` into its file and cut it to nothing; return whether that succeeded.

    It waits for readers of an older state. PostgreSQL keeps old rows until VACUUM, and its archives forever: returns
    False, because that is the operator's task (docs/operations.md).
    """
    connection = connections[database]
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        # SQLite itself waits for the readers, up to the statement timeout.
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _, _ = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
    return not busy
