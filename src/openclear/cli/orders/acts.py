"""Verbs on orders: cut off, confirm, suspend, resume, narrow, lift, notify partners, the packet for the lawyers."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openclear.access import orders
from openclear.access.orders.notices import announce
from openclear.access.orders.plans import Plan, plan
from openclear.access.orders.publication import with_basis
from openclear.access.orders.queries import standing_orders
from openclear.access.orders.receipts import VERIFIED, OrderReceipt, outside_words
from openclear.access.policy.effects import Effect
from openclear.access.policy.facts import ALL, OrderRow
from openclear.cli.acting import actor, administration, approver, print_json
from openclear.oversight.packet import write_packet
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.roles import Role


def cut_off(options: argparse.Namespace) -> int:
    """Plan an order, notify partners of it, or put it in force."""
    grant = _first(options, Action.ORDER_CUT_OFF)
    legal_basis = options.ground or ("plan only" if options.plan or options.notice else "")
    order = orders.new_order(
        agency=options.agency, legal_basis=legal_basis, scope=options.scope, purposes=options.purpose
    )
    order = with_basis(order, options.public_basis)
    if options.plan:
        return _show_plan(options, order, grant.release(plan(grant, order=order, end_ties=options.end_tie)))
    if options.notice:
        told = announce(grant, order=order, text=options.notice)
        print(f"Notified: {', '.join(told)}. {options.agency} was not.")
        return 0
    if options.provisional:
        given = orders.cut_off_provisionally(grant, order=order, end_ties=options.end_tie)
        return _told(options, given, options.agency)
    if not options.approved_by:
        message = "An order needs a second person; name them with --approved-by, or give it --provisional."
        raise WrongUsage(message)
    approval = _second(options, Action.ORDER_CUT_OFF)
    given = orders.cut_off(grant, approval=approval, order=order, end_ties=options.end_tie)
    return _told(options, given, options.agency)


def restore(options: argparse.Namespace) -> int:
    """Lift an order."""
    grant = _first(options, Action.ORDER_LIFT)
    approval = _second(options, Action.ORDER_LIFT) if options.approved_by else None
    lifted = orders.lift(grant, approval=approval, name=options.order, legal_basis=options.ground)
    return _changed(options, lifted, "lifted")


def change(options: argparse.Namespace) -> int:
    """Confirm, suspend, resume or narrow an order, or write its packet."""
    return _CHANGES[options.what](options)


def _confirm(options: argparse.Namespace) -> int:
    receipt = orders.confirm(_first(options, Action.ORDER_CUT_OFF), name=options.order)
    return _told(options, receipt, f"order {options.order}")


def _suspend(options: argparse.Namespace) -> int:
    both = {"approval": _second(options, Action.ORDER_LIFT), "name": options.order}
    receipt = orders.suspend(
        _first(options, Action.ORDER_LIFT), **both, document=options.document, legal_basis=_ground(options)
    )
    return _changed(options, [receipt], "suspended")


def _resume(options: argparse.Namespace) -> int:
    both = {"approval": _second(options, Action.ORDER_CUT_OFF), "name": options.order}
    receipt = orders.resume(
        _first(options, Action.ORDER_CUT_OFF), **both, document=options.document, legal_basis=options.ground
    )
    return _told(options, receipt, f"order {options.order}")


def _narrow(options: argparse.Namespace) -> int:
    standing = next((row for row in standing_orders() if row.id == options.order), None)
    agency = standing.agency if standing else city().host
    to = orders.new_order(
        agency=agency, legal_basis=_ground(options), scope=options.scope, purposes=options.purpose
    )
    receipt = orders.narrow(
        _first(options, Action.ORDER_LIFT),
        approval=_second(options, Action.ORDER_LIFT),
        name=options.order,
        to=to,
    )
    return _changed(options, [receipt], "narrowed")


def _packet(options: argparse.Namespace) -> int:
    grant = administration(
        actor(options, options.by, Role.ACCESS_ADMINISTRATOR), Action.REGISTRY_LIST, packet_of=options.order
    )
    directory = options.to or Path(f"order-{options.order}")
    files = grant.release(write_packet(grant, order=options.order, directory=directory))
    if options.json:
        print_json({"order": options.order, "files": [str(path) for path in files]})
        return 0
    print(f"The packet of order {options.order} is in {directory}:")
    for path in files:
        print(f"  {path.name}")
    return 0


_ALWAYS = {"target", "state", "before", "after"}
_CHANGES = {
    "confirm": _confirm, "suspend": _suspend, "resume": _resume, "narrow": _narrow, "packet": _packet,
}  # fmt: skip


def _first(options: argparse.Namespace, action: Action) -> Grant:
    if not options.by and not options.token:
        message = "Say who acts, with --by."
        raise WrongUsage(message)
    named = getattr(options, "agency", "") or options.order
    return administration(actor(options, options.by, options.by), action, order=named)


def _second(options: argparse.Namespace, action: Action) -> Grant:
    if not options.approved_by:
        message = "This needs a second person; name them with --approved-by."
        raise WrongUsage(message)
    return administration(approver(options.approved_by), action)


def _ground(options: argparse.Namespace) -> str:
    if not options.ground.strip():
        message = "Say why, with --ground."
        raise WrongUsage(message)
    return str(options.ground)


def _told(options: argparse.Namespace, receipt: OrderReceipt, what: str) -> int:
    if options.json:
        print_json(_plain(receipt))
    else:
        print(f"Order {receipt.order} is in force: {what} and everything below it (epoch {receipt.epoch}).")
        for item in receipt.receipts:
            reset = f"   reset {item.reset:>4}" if item.reset else ""
            print(
                f"  {item.target:<26} {item.state:<10} before {item.before:>4}   now {item.after:>4}{reset}"
            )
            for sentence in outside_words(item.outside):
                print(f"  {sentence}")
            if item.note:
                print(f"    {item.note}")
        print(
            "Not covered: other databases of the city, copies made before, what a proxy or a client has acknowledged."
        )
    return 1 if _failed(receipt) else 0


def _changed(options: argparse.Namespace, receipts: Sequence[OrderReceipt], word: str) -> int:
    if options.json:
        print_json([_plain(receipt) for receipt in receipts])
    else:
        for receipt in receipts:
            print(f"Order {receipt.order} is {word} (epoch {receipt.epoch}).")
            if _failed(receipt):
                print("The public page could not be updated; this is retried every minute.")
    return 1 if any(_failed(receipt) for receipt in receipts) else 0


def _failed(receipt: OrderReceipt) -> bool:
    return any(item.state != VERIFIED for item in receipt.receipts)


def _plain(receipt: OrderReceipt) -> dict[str, Any]:
    # A target has text besides its numbers only if there is more to say.
    targets = [
        {name: value for name, value in asdict(item).items() if name in _ALWAYS or value}
        for item in receipt.receipts
    ]
    return {**asdict(receipt), "receipts": targets}


def _show_effects(order: OrderRow, planned: Plan) -> None:
    if (order.scope, order.purposes) == (ALL, ALL):
        print("It refuses every act, for every purpose, on every way out.")
        return
    print("It refuses:")
    for effect in planned.effects:
        for words in _words_of(effect):
            print(f"  {effect.action:<24} {effect.dataset:<10} {words}")
    left = [effect.action for effect in planned.effects if not effect.is_felt]
    print(f"It does nothing to: {', '.join(left) or 'nothing else'}.")


def _words_of(effect: Effect) -> Iterator[str]:
    if effect.refused:
        yield f"for {', '.join(effect.refused)}: {', '.join(effect.ways)}"
    if effect.on_a_case:
        yield f"for {', '.join(effect.on_a_case)}, if a case is named"
    if effect.ended:
        yield f"by {', '.join(effect.ended)}, for any purpose"


def _show_plan(options: argparse.Namespace, order: OrderRow, planned: Plan) -> int:
    if options.json:
        print_json({"agency": order.agency, **planned.told(), "possible": not planned.locks_out})
        return 1 if planned.locks_out else 0
    for name, agency in planned.already:
        print(f"Already in force: order {name} on {agency}.")
    print(f"Cutting off {order.agency} and everything below it would reach {len(planned.people)} people:")
    for person in planned.people:
        ties = " + ".join(tie.agency for tie in person.affiliations)
        print(f"  {person.handle:<12} {person.name:<24} {ties}")
    for person in planned.home_people:
        print(
            f"  {person.name} works for the city: end the tie in the same act (--end-tie {person.handle}), "
            "or access is lost."
        )
    for handle in planned.untied:
        print(f"  {handle} keeps access: the tie ends in the same act.")
    for target, hit, left in planned.targets:
        print(f"  {target:<12} {hit:>5} reached, {left:>5} not")
    _show_effects(order, planned)
    print(f"{planned.unaffected} others keep their access unchanged, from: {', '.join(planned.agencies)}.")
    if planned.locks_out:
        print(f"This is not possible: {planned.locks_out.because}. {planned.locks_out.next_step}")
    return 1 if planned.locks_out else 0
