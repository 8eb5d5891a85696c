"""The people of the demonstration: registered once, certified again, introduced."""

import sys
from collections.abc import Sequence

from django.conf import settings

from openclear.access.errors import Refused
from openclear.access.gate.uses import note_use
from openclear.access.registry import lockout
from openclear.access.registry.agreements import sign_agreement
from openclear.access.registry.commands import register_agencies, register_officers
from openclear.access.registry.lifecycle import certify
from openclear.access.registry.queries import OfficerRow, officers
from openclear.cli.acting import administration, keeper
from openclear.operations.setup import machine_accounts
from openclear.sources.synthetic import cast
from openclear.vocabulary.actions import Action


def register_cast() -> None:
    """Register the cast of the demonstration; certify it again if it is there. Raises Refused."""
    known = officers()
    if cast.people()[0].handle in {row.handle for row in known}:
        _renew(known)
        return
    administrator, approver = cast.handles(cast.founders())[:2]
    register_agencies(administration(administrator, Action.REGISTRY_CHANGE), agencies=cast.other_agencies())
    first, second = (administration(handle, Action.REGISTRY_CHANGE) for handle in (administrator, approver))
    for agreement in cast.agreements():
        sign_agreement(first, agreement=agreement, approval=second)
    register_officers(first, approval=second, officers=cast.people())


def _renew(accounts: Sequence[OfficerRow]) -> None:
    # A demonstration may be started again after months: accounts are certified for another year. Always by two
    # people, because an order may touch anyone by then; the two administrators certify each other, and oversight
    # certifies its own.
    names = cast.handles([*cast.founders(), *machine_accounts(), *cast.people()])
    administrator, approver = names[:2]
    ours = [row for row in accounts if row.handle in names and row.is_active]
    due = {row.handle for row in ours if row.certified_until < cast.CERTIFIED_UNTIL}
    overseers = due & lockout.overseers()
    for by, beside, handles in (
        (administrator, approver, due - overseers - {administrator}),
        (approver, administrator, due & {administrator}),
        *((overseer, administrator, {overseer}) for overseer in sorted(overseers)),
    ):
        if handles:
            _certify(by, beside, sorted(handles))
    for row in ours:
        note_use(row.handle)


def _certify(by: str, beside: str, handles: list[str]) -> None:
    # The demonstration's administrators may be disabled or tied elsewhere by now: it starts anyway.
    try:
        certify(keeper(by), approval=keeper(beside), handles=handles, until=cast.CERTIFIED_UNTIL)
    except Refused as refused:
        print(f"Not certified again: {', '.join(handles)}. {refused}", file=sys.stderr)


def introduce(port: int, public_port: int) -> None:
    """Print who can sign in, where, and what to try."""
    print("\nWho can sign in (everyone is invented):\n")
    for row in officers():
        if not row.is_machine:
            print(f"  {row.handle:<10} {row.name:<18} {' + '.join(row.agencies):<28} {row.title}")
    print(f"\nOfficer site   http://{settings.CONFIGURATION.host}:{port}/")
    print(f"Public site    http://{settings.CONFIGURATION.public_host}:{public_port}/")
    story, (administrator, approver) = cast.story(), cast.handles(cast.founders())[:2]
    print(f"\nTry: sign in as {story['first']} and search; then, in another terminal,")
    print(
        f'  ./run openclear cut-off {story["agency"]} --ground "{story["ground"]}" --by {administrator} --approved-by {approver}'
    )
    print(f"and search again as {story['everyone']}. Then let anyone check it:")
    print(
        f"  ./run openclear log export /tmp/log && python3 -I /tmp/log/verify.py /tmp/log --agency {story['agency']}\n"
    )
    sys.stdout.flush()
