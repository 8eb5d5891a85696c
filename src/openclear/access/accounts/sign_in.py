"""Signing in and out, five failures and the lock, other sessions: everything about an account except access.

Every step is in the log before it counts (CJIS Security Policy AU-2). Anyone who signs in may still be refused all
they ask for: a session only says who asks. Unknown handles are counted and locked like known ones, so that
nobody learns from this which handles exist.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from openclear.access import barrier, gate
from openclear.access.accounts.session_store import stored_key
from openclear.access.gate.requesters import read_requester
from openclear.access.gate.standing import read_standing
from openclear.access.gate.uses import note_use
from openclear.access.models import LockedHandle, Officer, SignIn, SignInFailure, Token
from openclear.access.policy.rules import agencies_of
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.lookups import officer_row
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=15)
LONGEST_HANDLE = 150
SIGN_IN_FAILED, ACCOUNT_LOCKED = "sign-in-failed", "account-locked"


@without_grant("runs before anyone has a grant: it is how people sign in")
def begin_session(session: str, handle: str, *, method: str, details: Mapping[str, Any]) -> None:
    """Log that a person signed in and remember whose session it is; their failures so far are forgotten.

    `session`: its key, of which only the digest is stored. Raises LogUnavailable; the session must not begin then.
    """
    note_account(handle, f"signed in by {method}", details=details)
    SignInFailure.objects.filter(handle=_claimed(handle)).delete()
    remember_session(session, handle)
    note_use(handle)


@without_grant("runs before anyone has a grant: it is how people sign in")
def remember_session(session: str, handle: str) -> None:
    """Remember whose session this is, so that an order can count it."""
    with transaction.atomic():
        SignIn.objects.update_or_create(
            session=stored_key(session), defaults={"officer": officer_row(handle), "began": clock.now()}
        )


@without_grant("runs before anyone has a grant: it is how people sign in")
def note_account(handle: str, what: str, *, details: Mapping[str, Any]) -> None:
    """Log something that happened to an account: signed in or out, password changed, second factor added or removed.

    The entry decides nothing, so it is taken for people under an order too. Raises LogUnavailable.
    """
    person = read_requester(handle)
    new_entry = NewEntry(
        "outcome", "none", agencies=agencies_of([person], clock.today()),
        action="account.note", dataset="desk", purpose=Purpose.OWN_ACCOUNT, epoch=read_standing().epoch,
        officer=handle, details={**details, "note": what},
    )  # fmt: skip
    log.append(new_entry)


@without_grant("runs before anyone has a grant: it is how people sign in")
def note_failure(claimed: str, *, details: Mapping[str, Any]) -> bool:
    """Log a failed attempt to sign in and count it; return whether the handle is locked now.

    The fifth failure in 15 minutes locks it until an administrator releases it: time alone never does.
    """
    handle, moment = _claimed(claimed), clock.now()
    # Each failure is committed before anyone counts: of several at the same moment, the last one to count sees all.
    SignInFailure.objects.create(handle=handle, moment=moment)
    recent = SignInFailure.objects.filter(handle=handle, moment__gt=moment - FAILURE_WINDOW).count()
    locked = recent >= MOST_FAILURES
    if locked:
        LockedHandle.objects.get_or_create(handle=handle, defaults={"since": moment})
    SignInFailure.objects.filter(moment__lt=moment - FAILURE_WINDOW).delete()
    rules = [SIGN_IN_FAILED, *([ACCOUNT_LOCKED] if locked else [])]
    epoch = read_standing().epoch
    log.append(NewEntry("refusal", "deny", rules=rules, epoch=epoch, details={**details, "claimed": handle}))
    return locked


@without_grant("runs before anyone has a grant: it is how people sign in")
def is_locked(claimed: str) -> bool:
    """Say whether a claimed handle is locked."""
    return LockedHandle.objects.filter(handle=_claimed(claimed)).exists()


def locked_handles(grant: Grant) -> Mapping[str, Any]:
    """Return since when each locked account is locked. Locked handles that nobody has are left out."""
    grant.require(Action.REGISTRY_LIST)
    known = {handle.casefold() for handle in Officer.objects.values_list("handle", flat=True)}
    rows = LockedHandle.objects.filter(handle__in=known).order_by("since")
    return dict(rows.values_list("handle", "since"))


@one_at_a_time
def release_account(grant: Grant, *, handle: str) -> None:
    """Release a locked handle. Raises NotPossible if it is not locked."""
    grant.require(Action.ACCOUNT_RELEASE)
    locked = LockedHandle.objects.filter(handle=_claimed(handle))
    if not locked.exists():
        message = f"The account {handle} is not locked."
        raise NotPossible(message)
    gate.log_act(grant, details={"person": handle, "released": True})
    SignInFailure.objects.filter(handle=_claimed(handle)).delete()
    locked.delete()


@without_grant("asked by its holder, or by an act whose grant was required")
def end_sessions(handle: str, *, but: str = "") -> int:
    """End every session of a person, except the one named; return how many ended (a changed password ends the others)."""
    sessions = SignIn.objects.filter(officer__handle=handle).exclude(session=stored_key(but))
    keys = list(sessions.values_list("session", flat=True))
    sessions.delete()
    return Session.objects.filter(session_key__in=keys).delete()[0]


@without_grant("runs before anyone has a grant: it is how people sign in")
def forget_session(session: str) -> None:
    """Forget whose session this is: it ends now."""
    SignIn.objects.filter(session=stored_key(session)).delete()


@without_grant("a count, told to the holder as they change their password")
def live_tokens(handle: str) -> int:
    """Return how many tokens of a person still work."""
    return Token.objects.filter(officer__handle=handle, expires__gt=clock.now()).count()


@without_grant("asked by its holder as they change their password")
def end_tokens(handle: str, *, details: Mapping[str, Any]) -> int:
    """End every token of a person, who asked for it when changing their password; return how many still worked."""
    ended = live_tokens(handle)
    note_account(handle, f"{ended} tokens ended with the password", details=details)
    Token.objects.filter(officer__handle=handle).delete()
    return ended


@without_grant("a lock, taken before anyone has a grant; reads nothing")
@contextmanager
def own_turn(handle: str) -> Iterator[None]:
    """Have what one person signs in with done one at a time, across processes. Raises NotAnswered if it waits too long."""
    # No agency's path and no person's lock has a blank, so this is neither's lock.
    with barrier.frozen(f"the account of {handle}"):
        yield


@without_grant("runs before anyone has a grant: it is how people sign in")
def is_new(handle: str) -> bool:
    """Say whether a person has not set a password yet."""
    officer = Officer.objects.filter(handle=handle).first()
    return officer is not None and not officer.has_usable_password()


def _claimed(handle: str) -> str:
    return handle.replace("\x00", "").strip().casefold()[:LONGEST_HANDLE]
