"""What waits for a second person, and what became of it."""

from collections.abc import Sequence

from openclear.access.approvals.rows import ProposalRow
from openclear.access.models import Proposal
from openclear.access.proposed import Consequence, kinds
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import ProposalStatus
from openclear.vocabulary.without_grant import without_grant

_NOT_OPEN = "This proposal is no longer open: it was approved, withdrawn, or overtaken by another order."


def open_proposals(grant: Grant) -> Sequence[ProposalRow]:
    """Return what waits for a second person, oldest first."""
    grant.require(Action.REGISTRY_LIST)
    return [row_of(found) for found in Proposal.objects.filter(state=ProposalStatus.OPEN).order_by("pk")]


def proposal(grant: Grant, *, number: int) -> ProposalRow | None:
    """Return one proposal, open or decided; None if there is none."""
    grant.require(Action.REGISTRY_LIST, *kinds.approved_by)
    found = Proposal.objects.filter(pk=number).first()
    return row_of(found) if found else None


def means_now(grant: Grant, *, row: ProposalRow) -> Consequence:
    """Return what a proposal means now: its approver has to see this."""
    grant.require(Action.REGISTRY_LIST, *kinds.approved_by)
    return kinds.of(row.kind).means(row)


@without_grant("tells which kind a proposal is, so that the right act is asked for")
def kind_of(number: int) -> str:
    """Return the kind of an open proposal; nothing else of it is told. Raises NotPossible if it is not open."""
    return open_row(number).kind


@without_grant("for this room alone, within an act whose grant was required")
def open_row(number: int) -> ProposalRow:
    """Return an open proposal, for this room, within the lock of all acts. Raises NotPossible if it is not open."""
    found = Proposal.objects.filter(pk=number, state=ProposalStatus.OPEN).first()
    if found is None:
        raise NotPossible(_NOT_OPEN)
    return row_of(found)


@without_grant("for this room alone, within an act whose grant was required")
def row_of(proposal: Proposal) -> ProposalRow:
    """Return a proposal as it leaves this room."""
    return ProposalRow(
        kind=proposal.kind, agency=proposal.agency, about=proposal.about, reason=proposal.reason, facts=proposal.facts,
        id=proposal.pk, proposed_by=proposal.proposed_by, proposed=proposal.proposed, state=proposal.state,
        decided_by=proposal.decided_by, plan=proposal.plan, meaning=proposal.meaning,
    )  # fmt: skip
