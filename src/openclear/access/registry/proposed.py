"""Changes of the registry that take a second person: ties, moves, mergers, the life of accounts, agreements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from openclear.access.proposed import ActDraft, ActKind, Consequence, TwoPeople
from openclear.access.registry import agreement_acts, commands, lifecycle, lookups, moves, ties
from openclear.access.registry.commands import NewOfficer
from openclear.access.registry.foreseen import MERGE, MOVE, TIE, UNTIE, foreseen, foreseen_of_account
from openclear.access.registry.lockout import is_overseer
from openclear.access.registry.names import plain_handle
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

ACCOUNT, DISABLE, REINSTATE, CERTIFY = "account", "disable", "reinstate", "certify"
Facts = Mapping[str, Any]
Change = Callable[[ActDraft, TwoPeople], object]


@without_grant("makes a draft of what was typed; reads nothing")
def account_draft(account: NewOfficer) -> ActDraft:
    """Return the draft of a proposed account, which another person approves (AC-2 e).

    Raises WrongUsage for a handle that is not plain (`names`).
    """
    facts = {name: _plain(value) for name, value in asdict(account).items()}
    facts["handle"] = plain_handle(account.handle)
    return ActDraft(ACCOUNT, account.ties[0][0], "", account.title, facts)


@without_grant("makes a draft of what was typed; reads nothing")
def change_draft(kind: str, *, agency: str, reason: str, facts: Mapping[str, str]) -> ActDraft:
    """Return the draft of a change of the registry. `facts`: what it needs besides the agency.

    Raises WrongUsage for another kind or without a reason.
    """
    if kind not in CHANGES:
        raise WrongUsage(f"'{kind}' is not a change of the registry; the changes are {', '.join(CHANGES)}.")
    if not reason.strip():
        raise WrongUsage("Say why; the person who approves it reads this.")
    return ActDraft(kind, agency_path(agency), "", reason.strip(), {**facts, "agency": agency})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _first(handle: str) -> tuple[Action, Purpose]:
    # For oversight's own accounts, oversight is the first person.
    if is_overseer(handle):
        return Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW
    return Action.REGISTRY_CHANGE, Purpose.ACCESS_ADMINISTRATION


def _check_account(grant: Grant, draft: ActDraft) -> Mapping[str, Any]:
    # At once, so that nobody approves in vain.
    del grant
    account = _account_of(draft.facts)
    commands.check_new(account)
    return {"proposed": {"account": account.handle, "roles": list(account.roles)}}


def _account_means(draft: ActDraft) -> Consequence:
    facts = draft.facts
    return Consequence.of({"account": [facts["handle"], *facts["roles"], *(tie[0] for tie in facts["ties"])]})


def _register(draft: ActDraft, two: TwoPeople) -> Sequence[Any]:
    account = _account_of(draft.facts)
    commands.register_officers(two.first, approval=two.approval, officers=[account])
    return ()


def _account_of(facts: Facts) -> NewOfficer:
    values = dict(facts)
    values["certified_until"] = date.fromisoformat(values["certified_until"])
    values["since"] = date.fromisoformat(values["since"]) if values["since"] else None
    if values["temporary_until"]:
        values["temporary_until"] = datetime.fromisoformat(values["temporary_until"])
    return NewOfficer(**values)


def _check_change(grant: Grant, draft: ActDraft) -> Mapping[str, Any]:
    del grant
    if "handle" in draft.facts:
        lookups.officer_row(draft.facts["handle"])
    return {"proposed": {"change": draft.kind, "ground": draft.reason, **draft.facts}}


def _change_means(draft: ActDraft) -> Consequence:
    of_account = draft.kind in {DISABLE, REINSTATE, CERTIFY}
    return Consequence.of((foreseen_of_account if of_account else foreseen)(draft.kind, draft.facts))


def _tie(draft: ActDraft, two: TwoPeople) -> None:
    handle, kind = draft.facts["handle"], draft.facts["kind"]
    ties.affiliate(two.first, handle=handle, agency=draft.agency, kind=kind, approval=two.approval)


def _untie(draft: ActDraft, two: TwoPeople) -> None:
    handle = draft.facts["handle"]
    ties.end_affiliation(two.first, handle=handle, agency=draft.agency, approval=two.approval)


def _move(draft: ActDraft, two: TwoPeople) -> None:
    moves.move_agency(two.first, agency=draft.agency, to=draft.facts["to"], approval=two.approval)


def _merge(draft: ActDraft, two: TwoPeople) -> None:
    moves.merge_agency(two.first, agency=draft.agency, into=draft.facts["to"], approval=two.approval)


def _disable(draft: ActDraft, two: TwoPeople) -> None:
    handle = draft.facts["handle"]
    lifecycle.disable(two.first, handle=handle, reason=draft.reason, approval=two.approval)


def _reinstate(draft: ActDraft, two: TwoPeople) -> None:
    lifecycle.reinstate(two.first, handle=draft.facts["handle"], approval=two.approval)


def _certify(draft: ActDraft, two: TwoPeople) -> None:
    until = date.fromisoformat(draft.facts["until"])
    lifecycle.certify(two.first, handles=[draft.facts["handle"]], until=until, approval=two.approval)


CHANGES: Mapping[str, Change] = {
    TIE: _tie,
    UNTIE: _untie,
    MOVE: _move,
    MERGE: _merge,
    DISABLE: _disable,
    REINSTATE: _reinstate,
    CERTIFY: _certify,
}


def _change(draft: ActDraft, two: TwoPeople) -> Sequence[Any]:
    CHANGES[draft.kind](draft, two)
    return ()


ACTS = (
    ActKind(
        ACCOUNT, (Action.REGISTRY_CHANGE,), Action.REGISTRY_CHANGE, check=_check_account, means=_account_means,
        first=_first, carry_out=_register,
    ),
    *(
        ActKind(
            name, (Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT), Action.REGISTRY_CHANGE, check=_check_change,
            means=_change_means, first=_first, carry_out=_change,
        )
        for name in CHANGES
    ),
    *agreement_acts.ACTS,
)  # fmt: skip
