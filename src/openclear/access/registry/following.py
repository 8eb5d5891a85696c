"""Rows that name an agency follow it when it moves: notices, proposals, and what the rooms above keep.

Ties and agreements point to the agency itself and need nothing. The states of orders, the moves and the log keep the path of
their day: they are history, and an order's places follow by a separate rule (`audit.proof.orders.followed`).
"""

from openclear.access.models import Notice, Proposal
from openclear.access.ports import ports
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.states import ProposalStatus
from openclear.vocabulary.without_grant import without_grant

# These of a proposal's facts name agencies: the ties of an account are pairs of agency and kind.
_AGENCY_FACTS = frozenset({"ties", "agency", "to", "into"})
_COLUMNS = ((Notice, "agency"), (Notice, "about"), (Proposal, "agency"))


@without_grant("for this room alone, within an act whose grant was required")
def follow(old: str, new: str) -> None:
    """Write `new` wherever a row names `old` or an agency below it, within the change that moves it."""
    for table, column in _COLUMNS:
        below = table.objects.filter(**{f"{column}__startswith": old})
        for path in sorted(set(below.values_list(column, flat=True))):
            if is_within(path, old):
                table.objects.filter(**{column: path}).update(**{column: new + path[len(old) :]})
    _follow_facts(old, new)
    ports.grounds.follow(old, new)


def _follow_facts(old: str, new: str) -> None:
    # What an open proposal will do when it is approved: the ties of an account, the agency of an act on the registry.
    for proposal in Proposal.objects.filter(state=ProposalStatus.OPEN):
        named = {name: value for name, value in proposal.facts.items() if name in _AGENCY_FACTS}
        facts = {**proposal.facts, **{name: _followed(value, old, new) for name, value in named.items()}}
        if facts != proposal.facts:
            Proposal.objects.filter(pk=proposal.pk).update(facts=facts)


def _followed(value: object, old: str, new: str) -> object:
    if isinstance(value, str):
        return new + value[len(old) :] if is_within(value, old) else value
    return [_followed(item, old, new) for item in value] if isinstance(value, list) else value
