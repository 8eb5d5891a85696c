"""What one person proposes and a second carries out: only as both saw it, and only if both still may.

Knows no act: each kind is declared by the folder that does it (`access.proposed`). A proposal holds no grant. It binds
the act to what it meant when its proposer saw it.
"""

from collections.abc import Sequence
from typing import Any

from openclear.access import gate
from openclear.access.approvals.queries import open_row, row_of
from openclear.access.approvals.rows import ProposalRow
from openclear.access.errors import MeansSomethingElse
from openclear.access.models import Proposal
from openclear.access.policy.rules import TWO_PEOPLE
from openclear.access.proposed import ActDraft, TwoPeople, kinds
from openclear.access.registry.acts import one_at_a_time
from openclear.vocabulary import clock
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import ProposalStatus


@one_at_a_time
def propose(grant: Grant, *, draft: ActDraft) -> int:
    """Put an act before a second person and return the number of the proposal. Nothing is done yet.

    Raises what the act's kind raises if it cannot be proposed, before anybody is asked to approve it.
    """
    grant.require(*kinds.of(draft.kind).proposed_by)
    kind = kinds.of(draft.kind)
    gate.log_act(grant, details=kind.check(grant, draft))
    means = kind.means(draft)
    row = Proposal.objects.create(
        kind=draft.kind, agency=draft.agency, about=draft.about, reason=draft.reason, facts=dict(draft.facts),
        plan=dict(means.told), meaning=means.meaning, proposed_by=grant.officer, proposed=clock.now(),
    )  # fmt: skip
    return int(row.pk)


@one_at_a_time
def approve(grant: Grant, *, number: int, seen: str = "") -> Sequence[Any]:
    """Carry a proposal out, as its second person, and return the receipts; none unless it is an order.

    `seen`: the digest of what the approver was shown (`Consequence.meaning`); without it, what it meant when it was proposed.
    Raises MeansSomethingElse if it means something else by now: the difference is looked at and approved again. The gate
    decides again for the proposer. Raises Refused if that is the same person or may no longer, NotPossible if it
    was decided in the meantime.
    """
    grant.require(*kinds.decided_by)
    row = open_row(number)
    if row.proposed_by == grant.officer:
        raise gate.refuse(grant, TWO_PEOPLE)
    kind = kinds.of(row.kind)
    if kind.means(row).meaning != (seen or row.meaning):
        raise MeansSomethingElse(number)
    action, purpose = kind.first(row.proposed_by)
    first = gate.open_for(row.proposed_by, action, purpose=purpose, details={"proposal": row.id})
    two = TwoPeople(first, grant, row.id)
    return kind.carry_out(row, two) if kind.decides_itself else _decided_first(row, two)


def _decided_first(row: ProposalRow, two: TwoPeople) -> Sequence[Any]:
    # A crash on this line leaves an approved proposal without effect: it is proposed again. In the other order one
    # person could use it a second time.
    _decide(row.id, ProposalStatus.APPROVED, two.approval.officer)
    try:
        return kinds.of(row.kind).carry_out(row, two)
    except BaseException:
        _decide(row.id, ProposalStatus.OPEN, "")
        raise


@one_at_a_time
def withdraw(grant: Grant, *, number: int) -> None:
    """Withdraw one's own proposal, even after somebody else turned it down; or turn down another's.

    What was turned down stays guarded for 72 hours (`guarded.guarded`). Raises NotPossible if it is decided already.
    """
    grant.require(*kinds.decided_by)
    row = _undecided(number, grant.officer)
    became = ProposalStatus.WITHDRAWN if row.proposed_by == grant.officer else ProposalStatus.DECLINED
    gate.log_act(grant, details={became: number})
    _decide(number, became, grant.officer)


def _undecided(number: int, officer: str) -> ProposalRow:
    declined = Proposal.objects.filter(pk=number, state=ProposalStatus.DECLINED, proposed_by=officer).first()
    return row_of(declined) if declined else open_row(number)


def _decide(number: int, state: str, officer: str) -> None:
    Proposal.objects.filter(pk=number).update(state=state, decided_by=officer, decided=clock.now())
