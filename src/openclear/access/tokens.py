"""Tokens that people make for themselves, for programs of their own. Shown once; only a hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openclear.access import gate
from openclear.access.commands import SECOND_FOR_TOKEN, issue_token
from openclear.access.keepers import is_sensitive
from openclear.access.models import Officer, Token
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant

LONGEST_NAME, MOST_TOKENS = 60, 20


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of one's own: what it is called and until when it works; never what it is."""

    id: int
    name: str
    created: datetime
    expires: datetime


def own_tokens(grant: Grant) -> Sequence[TokenRow]:
    """Return the holder's tokens that still work, newest first."""
    grant.require(Action.TOKEN_OWN)
    rows = Token.objects.filter(officer__handle=grant.officer, expires__gt=clock.now()).order_by("-created")
    return [TokenRow(row.pk, row.name, row.created, row.expires) for row in rows]


def create_own_token(grant: Grant, *, name: str) -> str:
    """Return a new token of the holder's own, valid for 90 days, shown this once.

    Raises Refused for keepers of access, oversight and machines, who need a second person; WrongUsage without a name.
    """
    grant.require(Action.TOKEN_OWN)
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise WrongUsage(
            f"Give the token a name of at most {LONGEST_NAME} characters, such as the program it is for."
        )
    officer = Officer.objects.get(handle=grant.officer)
    if is_sensitive(officer):
        raise gate.refuse_act(grant, SECOND_FOR_TOKEN)
    if len(own_tokens(grant)) >= MOST_TOKENS:
        raise NotPossible(f"You have {MOST_TOKENS} tokens already; end one that you do not use.")
    gate.record_act(grant, facts={"person": grant.officer, "token_name": name.strip()})
    return issue_token(officer, name=name.strip())


def end_own_token(grant: Grant, *, token: int) -> None:
    """End one of the holder's own tokens. Raises NotPossible where it is none of theirs."""
    grant.require(Action.TOKEN_OWN)
    rows = Token.objects.filter(pk=token, officer__handle=grant.officer)
    if not rows.exists():
        raise NotPossible("You have no such token; it may be ended already.")
    gate.record_act(grant, facts={"person": grant.officer, "revoked": 1})
    rows.delete()
