"""Tokens for programs: made by administrators or by people for themselves. Shown once; only a hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openclear.access import gate
from openclear.access.gate.credentials import digest_of
from openclear.access.models import Officer, Token
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.lockout import is_sensitive
from openclear.access.registry.lookups import officer_row
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.rules import Rule

LONGEST_NAME, MOST_TOKENS = 60, 20
TOKEN_DAYS = 90
TOKEN_PREFIX = "oc_"  # noqa: S105 - how a token begins, not one
SECOND_FOR_TOKEN = Rule(
    "second-person-for-token",
    "A token for somebody who administers access or oversees, or for a machine account, needs a second person",
    "CJIS Security Policy AC-5, separation of duties",
    "Have another access administrator or the general counsel approve it.",
)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One of the reader's own tokens: its name and when it expires, never the token itself."""

    id: int
    name: str
    created: datetime
    expires: datetime


def own_tokens(grant: Grant) -> Sequence[TokenRow]:
    """Return the holder's tokens that still work, newest first."""
    grant.require(Action.TOKEN_OWN)
    rows = Token.objects.filter(officer__handle=grant.officer, expires__gt=clock.now()).order_by("-created")
    return [TokenRow(row.pk, row.name, row.created, row.expires) for row in rows]


@one_at_a_time
def create_own_token(grant: Grant, *, name: str) -> str:
    """Return a new token for the holder, valid for 90 days, shown only once.

    Raises Refused for keepers of access, oversight and machines, who need a second person; WrongUsage without a name.
    """
    grant.require(Action.TOKEN_OWN)
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise WrongUsage(
            f"Give the token a name of at most {LONGEST_NAME} characters, such as the program it is for."
        )
    officer = Officer.objects.get(handle=grant.officer)
    if is_sensitive(officer):
        raise gate.refuse(grant, SECOND_FOR_TOKEN)
    if len(own_tokens(grant)) >= MOST_TOKENS:
        raise NotPossible(f"You have {MOST_TOKENS} tokens already; end one that you do not use.")
    gate.log_act(grant, details={"person": grant.officer, "token_name": name.strip()})
    return _issue_token(officer, name=name.strip())


@one_at_a_time
def end_own_token(grant: Grant, *, token: int) -> None:
    """End one of the holder's own tokens. Raises NotPossible if it is not theirs."""
    grant.require(Action.TOKEN_OWN)
    rows = Token.objects.filter(pk=token, officer__handle=grant.officer)
    if not rows.exists():
        raise NotPossible("You have no such token; it may have ended already.")
    gate.log_act(grant, details={"person": grant.officer, "revoked": 1})
    rows.delete()


@one_at_a_time
def create_token(grant: Grant, *, handle: str, approval: Grant | None = None) -> str:
    """Return a new token for a person, valid for 90 days. It is shown once; only its hash is kept.

    A token for a keeper of access, oversight or a machine needs a second person's `approval`:
    otherwise one administrator could act for two. Raises Refused without it.
    """
    grant.require(Action.TOKEN_CREATE)
    officer = officer_row(handle)
    if is_sensitive(officer) and (approval is None or approval.officer == grant.officer):
        raise gate.refuse(grant, SECOND_FOR_TOKEN)
    if approval:
        approval.require(Action.TOKEN_CREATE)
    gate.log_act(grant, details={"person": handle, "approved_by": approval.officer if approval else ""})
    return _issue_token(officer, name="made by an administrator")


@one_at_a_time
def revoke_tokens(grant: Grant, *, handle: str) -> int:
    """End every token of a person; return how many there were."""
    grant.require(Action.TOKEN_CREATE)
    tokens = Token.objects.filter(officer=officer_row(handle))
    gate.log_act(grant, details={"person": handle, "revoked": tokens.count()})
    return tokens.delete()[0]


def _issue_token(officer: Officer, *, name: str) -> str:
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    moment = clock.now()
    Token.objects.create(
        digest=digest_of(text), officer=officer, name=name, created=moment,
        expires=moment + timedelta(days=TOKEN_DAYS),
    )  # fmt: skip
    return text
