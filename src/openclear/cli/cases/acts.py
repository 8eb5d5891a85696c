"""Verbs that share, register and confirm cases: two officers share, partners register, sponsors confirm."""

import argparse
from collections.abc import Callable
from uuid import UUID

from openclear.access import gate
from openclear.cli.acting import actor, approver
from openclear.records.cases import commands, sharing
from openclear.records.cases.queries import case_named
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


def case(options: argparse.Namespace) -> int:
    """Share a case, register a partner's own, or confirm one as its sponsor."""
    action, act = _ACTS[options.what]
    print(act(options, _grant(actor(options, options.by, options.by), action)))
    return 0


def _share(options: argparse.Namespace, grant: Grant) -> str:
    case_id, agency = _named(options, grant), _agency(options)
    if options.approved_by:
        approval = _grant(approver(options.approved_by), Action.CASE_SHARE)
        commands.share_case(grant, case_id=case_id, agency=agency, approval=approval)
        return _shared(agency)
    sharing.ask_to_share(grant, case_id=case_id, agency=agency)
    return (
        "It waits for another officer of the department: "
        f"openclear case approve-share {case_id} --with {agency} --by OFFICER"
    )


def _approve(options: argparse.Namespace, grant: Grant) -> str:
    sharing.approve_share(grant, case_id=_named(options, grant), agency=_agency(options))
    return _shared(options.agency)


def _decline(options: argparse.Namespace, grant: Grant) -> str:
    sharing.decline_share(grant, case_id=_named(options, grant), agency=_agency(options))
    return f"The case is not shared with {options.agency}."


def _unshare(options: argparse.Namespace, grant: Grant) -> str:
    commands.unshare_case(grant, case_id=_named(options, grant), agency=_agency(options))
    return f"The case is no longer shared with {options.agency}."


def _register(options: argparse.Namespace, grant: Grant) -> str:
    offense, sponsor = _needed(options.offense, "--offense"), _needed(options.sponsor, "--sponsor")
    row = commands.register_external_case(grant, number=options.case, offense=offense, sponsor=sponsor)
    return f"{row.number} waits for {sponsor} to confirm it: openclear case confirm {row.id}"


def _confirm(options: argparse.Namespace, grant: Grant) -> str:
    commands.confirm_external_case(grant, case_id=_named(options, grant))
    return "The case is confirmed."


_ACTS: dict[str, tuple[Action, Callable[[argparse.Namespace, Grant], str]]] = {
    "share": (Action.CASE_SHARE, _share),
    "approve-share": (Action.CASE_SHARE, _approve),
    "decline-share": (Action.CASE_SHARE, _decline),
    "unshare": (Action.CASE_SHARE, _unshare),
    "register": (Action.CASE_REGISTER, _register),
    "confirm": (Action.CASE_CONFIRM, _confirm),
}


def _named(options: argparse.Namespace, grant: Grant) -> UUID:
    found = case_named(grant, name=options.case)
    if found is None:
        raise NotPossible(f"There is no case {options.case} that you may see; give its number or its id.")
    return found


def _grant(handle: str, action: Action) -> Grant:
    return gate.open_for(handle, action, purpose=Purpose.CRIMINAL_INVESTIGATION)


def _shared(agency: str) -> str:
    return f"Shared: everyone of {agency}, and of every agency below it, can name this case as their ground."


def _agency(options: argparse.Namespace) -> str:
    return _needed(options.agency, "--with")


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise WrongUsage(f"This needs {name}; see --help.")
    return value
