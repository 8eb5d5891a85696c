"""Words that this room keeps of unknown people: what was typed as a handle, which may be a password."""

from collections.abc import Sequence
from uuid import UUID

from openclear.access.models import LockedHandle, Officer, SignInFailure
from openclear.audit import log


class ClaimedHandles:
    """Failed attempts to sign in, and the locks that came from them."""

    name = "handles"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """Do nothing: no failure contains a record."""
        del records
        return 0

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """Remove failures and locks of handles that are one of these words and that nobody has.

        The lock of an account stays, for only an administrator releases it (CJIS Security Policy AC-7); its handle is not secret.
        """
        del owner
        found = _claimed_as(words) - {handle.casefold() for handle in _handles(Officer)}
        for table in (SignInFailure, LockedHandle):
            table.objects.filter(handle__in=found).delete()
        return len(found)


def _claimed_as(words: Sequence[str]) -> set[str]:
    # The log keeps what was typed in NFC; these tables do not.
    wanted = {log.spelled(word).strip().casefold() for word in words}
    handles = {handle for table in (SignInFailure, LockedHandle) for handle in _handles(table)}
    return {handle for handle in handles if log.spelled(handle).strip().casefold() in wanted}


def _handles(table: type[SignInFailure] | type[LockedHandle] | type[Officer]) -> set[str]:
    return set(table.objects.values_list("handle", flat=True))
