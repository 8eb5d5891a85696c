"""Verbs on the registry: agencies and their tree, accounts and their lives."""

import argparse
from datetime import date

from openclear.access import accounts, gate
from openclear.access.accounts import tokens
from openclear.access.approvals import engine
from openclear.access.approvals.queries import kind_of
from openclear.access.registry import commands, duty, lifecycle, lockout, moves, ties
from openclear.access.registry.proposed import ACCOUNT
from openclear.cli.acting import actor, administration, approver, keeper, second_person
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import LONGEST_NUMBER
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role


def add_agency(options: argparse.Namespace) -> int:
    """Register an agency."""
    new = commands.NewAgency(options.path, options.name, options.kind, tuple(options.ori))
    commands.register_agencies(_keeper(options), agencies=[new])
    print(f"{options.path} is registered.")
    return 0


def agency(options: argparse.Namespace) -> int:
    """Move, rename, merge or split an agency; orders follow it."""
    acts = {"move": _move, "rename": _rename, "merge": _merge, "split": _split}
    print(acts[options.what](options))
    return 0


def _move(options: argparse.Namespace) -> str:
    to = _needed(options.to, "--to")
    moves.move_agency(_keeper(options), agency=options.path, to=to, approval=_second(options))
    return f"{options.path} is now {options.to}, with everything below it and every order that covers it."


def _rename(options: argparse.Namespace) -> str:
    moves.rename_agency(
        _keeper(options), agency=options.path, name=_needed(options.name, "--name"), approval=_second(options)
    )
    return f"{options.path} is now called {options.name}."


def _merge(options: argparse.Namespace) -> str:
    into = _needed(options.to, "--to")
    to = moves.merge_agency(_keeper(options), agency=options.path, into=into, approval=_second(options))
    return f"{options.path} is now part of {options.to}, as {to}; its people and orders move with it."


def _split(options: argparse.Namespace) -> str:
    new = commands.NewAgency(_needed(options.to, "--to"), _needed(options.name, "--name"), options.kind)
    moves.split_agency(
        _keeper(options), agency=options.path, new=new, people=options.person, approval=_second(options)
    )
    return f"{options.to} is split off {options.path} with {len(options.person)} people; orders that cover the old agency cover the new one."


def affiliate(options: argparse.Namespace) -> int:
    """Tie a person to one more agency."""
    ties.affiliate(
        _keeper(options),
        handle=options.officer,
        agency=options.agency,
        kind=options.kind,
        approval=_second(options),
    )
    print(f"{options.officer} is tied to {options.agency} from today.")
    return 0


def end_affiliation(options: argparse.Namespace) -> int:
    """End a tie."""
    ties.end_affiliation(
        _keeper(options), handle=options.officer, agency=options.agency, approval=_second(options)
    )
    print(f"{options.officer} is no longer tied to {options.agency}.")
    return 0


def account(options: argparse.Namespace) -> int:
    """Certify, disable or reinstate an account, review all, or approve a requested one."""
    if options.what == "review":
        _keeper(options)
        ended = lifecycle.review_accounts()
        print(f"{len(ended)} accounts are disabled: {', '.join(ended) or 'none'}.")
        return 0
    handle = _needed(options.officer, "an account, or to approve the number of a proposal")
    if options.what == "approve":
        if not handle.isdecimal() or len(handle) > LONGEST_NUMBER:
            raise WrongUsage(f"'{handle}' is not the number of a proposal; it is on the proposal's page.")
        grant = _overseer_or_keeper(options)
        if kind_of(int(handle)) != ACCOUNT:
            raise NotPossible(
                f"Proposal {handle} is not an account; read it on its page, and approve it there."
            )
        engine.approve(grant, number=int(handle))
        print(f"The account in proposal {handle} is created.")
        return 0
    _ACCOUNT_ACTS[options.what](options, handle)
    return 0


def _certify(options: argparse.Namespace, handle: str) -> None:
    until = date.fromisoformat(_needed(options.until, "--until"))
    lifecycle.certify(_keeper_of(options, handle), handles=[handle], until=until, approval=_second(options))
    print(f"{handle} is certified until {until}.")


def _disable(options: argparse.Namespace, handle: str) -> None:
    reason = _needed(options.reason, "--reason")
    lifecycle.disable(_keeper_of(options, handle), handle=handle, reason=reason, approval=_second(options))
    print(f"{handle} is disabled.")


def _reinstate(options: argparse.Namespace, handle: str) -> None:
    _needed(options.approved_by, "--approved-by")
    lifecycle.reinstate(_keeper_of(options, handle), approval=_approval(options), handle=handle)
    print(f"{handle} is reinstated.")


def _on_patrol(options: argparse.Namespace, handle: str) -> None:
    duty.set_patrol(_keeper(options), handle=handle, on_patrol=True, approval=_second(options))
    print(f"{handle} is on patrol.")


def _off_patrol(options: argparse.Namespace, handle: str) -> None:
    duty.set_patrol(_keeper(options), handle=handle, on_patrol=False, approval=_second(options))
    print(f"{handle} is off patrol.")


_ACCOUNT_ACTS = {
    "certify": _certify, "disable": _disable, "reinstate": _reinstate, "on-patrol": _on_patrol, "off-patrol": _off_patrol,
}  # fmt: skip


def release(options: argparse.Namespace) -> int:
    """Release an account that was locked after five failures."""
    grant = administration(actor(options, options.by, options.by), Action.ACCOUNT_RELEASE)
    accounts.release_account(grant, handle=options.officer)
    print(f"The account {options.officer} is released.")
    return 0


def token(options: argparse.Namespace) -> int:
    """Print a new token and nothing else, or end all tokens of a person."""
    first = actor(options, options.by, Role.ACCESS_ADMINISTRATOR)
    grant = administration(first, Action.TOKEN_CREATE)
    if options.what == "revoke":
        count = tokens.revoke_tokens(grant, handle=options.officer)
        print(f"{count} tokens of {options.officer} are revoked.")
        return 0
    second = second_person(options.approved_by, first)
    approval = administration(second, Action.TOKEN_CREATE) if second else None
    print(tokens.create_token(grant, handle=options.officer, approval=approval))
    return 0


def _keeper(options: argparse.Namespace) -> Grant:
    return administration(actor(options, options.by, options.by), Action.REGISTRY_CHANGE)


def _second(options: argparse.Namespace) -> Grant | None:
    return _approval(options) if options.approved_by else None


def _approval(options: argparse.Namespace) -> Grant:
    return keeper(approver(options.approved_by))


def _overseer(options: argparse.Namespace) -> Grant:
    handle = actor(options, options.by, options.by)
    return gate.open_for(handle, Action.OVERSIGHT_ACCOUNT, purpose=Purpose.OVERSIGHT_REVIEW)


def _overseer_or_keeper(options: argparse.Namespace) -> Grant:
    return keeper(actor(options, options.by, options.by))


def _keeper_of(options: argparse.Namespace, handle: str) -> Grant:
    # Oversight keeps its own accounts: anyone who acts on one says so, and the gate decides whether they may.
    return _overseer(options) if lockout.is_overseer(handle) else _keeper(options)


def _needed(value: str | None, name: str) -> str:
    if not value:
        message = f"This needs {name}; see --help."
        raise WrongUsage(message)
    return value
