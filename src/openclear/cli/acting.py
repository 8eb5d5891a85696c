"""Who acts on the command line. In a demonstration, naming a person is enough; elsewhere each person needs a token."""

import argparse
import json
import os
from typing import Any

from openclear.access import gate
from openclear.access.gate.credentials import officer_of_token
from openclear.access.registry import lockout
from openclear.access.registry.queries import handles_with
from openclear.audit.queries import is_demo
from openclear.sources.synthetic import cast
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role

# Shown in place of a network address for commands.
HERE = {"address": "command line"}


def actor(options: argparse.Namespace, named: str | None, default: Role | str) -> str:
    """Return the handle of the person who acts: the token's holder, or in a demonstration the person named.

    `default`: who acts in a demonstration if nobody is named: a machine account, or the first person of the cast with
    a role. Raises WrongUsage without a token in a real city, or if token and name belong to two people.
    """
    return _proved(
        options.token or os.environ.get("OPENCLEAR_TOKEN"), named, default, "--as or OPENCLEAR_TOKEN"
    )


def approver(named: str) -> str:
    """Return the handle of the second person, proved by their own token in a real city."""
    return _proved(os.environ.get("OPENCLEAR_APPROVER_TOKEN"), named, named, "OPENCLEAR_APPROVER_TOKEN")


def second_person(named: str | None, first: str) -> str | None:
    """Return who approves a token: the person named or proved; in a demonstration, the other of the two keepers."""
    token = os.environ.get("OPENCLEAR_APPROVER_TOKEN")
    if named or token:
        return _proved(token, named, named or "", "OPENCLEAR_APPROVER_TOKEN")
    if not is_demo():
        return None
    administrator, counsel = _played(Role.ACCESS_ADMINISTRATOR), _played(Role.APPROVER)
    return counsel if first != counsel else administrator


def _played(role: Role) -> str:
    # The cast is registered by `demo`, not by `init --demo`; and its people may be disabled by now.
    known = handles_with(role)
    played = [officer.handle for officer in [*cast.founders(), *cast.people()] if officer.handle in known]
    for handle in (*played, *known):
        return handle
    raise NotPossible(
        f"Nobody in this city is registered as {role.replace('-', ' ')} yet; build the invented city with openclear demo, "
        "or register somebody and name them."
    )


def _proved(token: str | None, named: str | None, default: Role | str, where: str) -> str:
    if token:
        holder = officer_of_token(token)
        if holder is None or (named and holder != named):
            message = "The token is unknown, has expired, or belongs to someone else."
            raise WrongUsage(message)
        return holder
    if not is_demo():
        message = f"In this city everyone acts with their own token; give it with {where}."
        raise WrongUsage(message)
    return named or (_played(default) if isinstance(default, Role) else default)


def administration(handle: str, action: Action, **facts: Any) -> Grant:
    """Return a grant for an act of access administration. Raises Refused."""
    return gate.open_for(handle, action, purpose=Purpose.ACCESS_ADMINISTRATION, details=facts)


def keeper(handle: str) -> Grant:
    """Return a grant for an act on accounts and ties: oversight's own if oversight acts. Raises Refused."""
    if lockout.is_overseer(handle):
        return gate.open_for(handle, Action.OVERSIGHT_ACCOUNT, purpose=Purpose.OVERSIGHT_REVIEW)
    return administration(handle, Action.REGISTRY_CHANGE)


def print_json(value: object) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False, default=str))
