"""Verbs on access: registry, tokens, orders, explanations."""

import argparse
from dataclasses import asdict

from openclear.access import accounts, commands, gate, queries
from openclear.access import orders as order_commands
from openclear.access.explanations import action_of
from openclear.access.explanations import explain as explain_decision
from openclear.access.orders import OrderReceipt, Plan
from openclear.access.rows import OrderRow
from openclear.cli.acting import actor, administration, approver, print_json, second_person
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of


def agencies(options: argparse.Namespace) -> int:
    """List the agency tree."""
    rows = _listing(options).release(queries.agencies())
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(
                f"{'  ' * row.path.count('.')}{row.path:<{40 - 2 * row.path.count('.')}} {row.kind:<10} {row.name}"
            )
    return 0


def officers(options: argparse.Namespace) -> int:
    """List everyone who is registered."""
    rows = _listing(options).release(queries.officers())
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(f"{row.handle:<12} {row.name:<28} {' + '.join(row.agencies):<28} {row.title}")
    return 0


def add_agency(options: argparse.Namespace) -> int:
    """Register an agency."""
    grant = administration(actor(options, options.by, options.by), Action.REGISTRY_CHANGE)
    commands.register_agencies(grant, agencies=[commands.NewAgency(options.path, options.name, options.kind)])
    print(f"{options.path} is registered.")
    return 0


def affiliate(options: argparse.Namespace) -> int:
    """Tie a person to an agency."""
    grant = administration(actor(options, options.by, options.by), Action.REGISTRY_CHANGE)
    commands.affiliate(grant, handle=options.officer, agency=options.agency, kind=options.kind)
    print(f"{options.officer} is tied to {options.agency} from today.")
    return 0


def end_affiliation(options: argparse.Namespace) -> int:
    """End a tie."""
    grant = administration(actor(options, options.by, options.by), Action.REGISTRY_CHANGE)
    commands.end_affiliation(grant, handle=options.officer, agency=options.agency)
    print(f"{options.officer} is no longer tied to {options.agency}.")
    return 0


def token(options: argparse.Namespace) -> int:
    """Print a new token, alone; or end all tokens of a person."""
    first = actor(options, options.by, "novak")
    grant = administration(first, Action.TOKEN_CREATE)
    if options.what == "revoke":
        print(
            f"{commands.revoke_tokens(grant, handle=options.officer)} tokens of {options.officer} are ended."
        )
        return 0
    second = second_person(options.approved_by, first)
    approval = administration(second, Action.TOKEN_CREATE) if second else None
    print(commands.create_token(grant, handle=options.officer, approval=approval))
    return 0


def release(options: argparse.Namespace) -> int:
    """Release an account that five failures locked."""
    grant = administration(actor(options, options.by, options.by), Action.ACCOUNT_RELEASE)
    accounts.release_account(grant, handle=options.officer)
    print(f"The account {options.officer} is released.")
    return 0


def cut_off(options: argparse.Namespace) -> int:
    """Plan an order, or put it in force."""
    grant = administration(
        actor(options, options.by, options.by), Action.ORDER_CUT_OFF, agency=options.agency
    )
    ground = options.ground or ("plan only" if options.plan else "")
    order = order_commands.new_order(
        agency=options.agency, ground=ground, scope=options.scope, purposes=options.purpose
    )
    plan = order_commands.plan(grant, order=order)
    if options.plan:
        return _show_plan(options, order, grant.release(plan))
    if not options.approved_by:
        message = "An order needs a second person; name them with --approved-by."
        raise WrongUsage(message)
    approval = administration(approver(options.approved_by), Action.ORDER_CUT_OFF, agency=options.agency)
    receipt = order_commands.cut_off(grant, approval=approval, order=order)
    if options.json:
        print_json(asdict(receipt))
    else:
        _print_receipt(receipt, options.agency)
    return 0 if all(item.state != "failed" for item in receipt.receipts) else 1


def restore(options: argparse.Namespace) -> int:
    """Lift an order."""
    grant = administration(actor(options, options.by, options.by), Action.ORDER_LIFT, order=options.order)
    approval = administration(approver(options.approved_by), Action.ORDER_LIFT, order=options.order)
    lifted = order_commands.lift(grant, approval=approval, name=options.order, ground=options.ground)
    if options.json:
        print_json([asdict(receipt) for receipt in lifted])
    else:
        for receipt in lifted:
            print(f"Order {receipt.order} is lifted (epoch {receipt.epoch}).")
    return 0


def orders(options: argparse.Namespace) -> int:
    """List every state of every order."""
    rows = _listing(options).release(queries.order_history())
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(
                f"{row.order}  {row.agency:<16} {row.state:<10} epoch {row.epoch:<5} {row.ordered_by} + {row.approved_by}: {row.ground}"
            )
    return 0


def explain(options: argparse.Namespace) -> int:
    """Say how an act of an officer would be decided."""
    action, purpose = action_of(options.action), purpose_of(options.purpose)
    handle = actor(options, None, "okafor")
    grant = gate.open_for(
        handle,
        Action.DECISION_EXPLAIN,
        purpose=Purpose.OVERSIGHT_REVIEW,
        facts={"explained": options.officer},
    )
    explanation = explain_decision(
        grant, handle=options.officer, action=action, purpose=purpose, case=options.case
    )
    grant.release(explanation)
    if options.json:
        print_json(asdict(explanation))
        return 0
    print(
        f"{options.officer} ({' + '.join(explanation.agencies)}): {'allowed' if explanation.allowed else 'refused'}"
    )
    for rule in explanation.rules:
        print(f"  {rule['id']}: {rule['because']} [{rule['source']}]")
    for dataset, labels in explanation.hidden_labels.items():
        print(f"  hidden in {dataset}: {', '.join(labels) or 'nothing'}")
    return 0


def _listing(options: argparse.Namespace) -> Grant:
    return administration(actor(options, None, "novak"), Action.REGISTRY_LIST)


def _show_plan(options: argparse.Namespace, order: OrderRow, plan: Plan) -> int:
    if options.json:
        people = [person.handle for person in plan.people]
        print_json(
            {
                "agency": order.agency,
                "people": people,
                "unaffected": plan.unaffected,
                "possible": not plan.locks_out,
            }
        )
        return 1 if plan.locks_out else 0
    print(f"Cutting off {order.agency} and everything below it would reach {len(plan.people)} people:")
    for person in plan.people:
        print(
            f"  {person.handle:<12} {person.name:<24} {' + '.join(tie.agency for tie in person.affiliations)}"
        )
    for person in plan.home_people:
        print(f"  {person.name} works for this department: end the detail, or access is lost.")
    print(f"{plan.unaffected} others keep their access unchanged.")
    if plan.locks_out:
        print("It is not possible: the department, its oversight or its last two approvers would be cut off.")
    return 1 if plan.locks_out else 0


def _print_receipt(receipt: OrderReceipt, agency: str) -> None:
    print(f"Order {receipt.order} is in force: {agency} and everything below it (epoch {receipt.epoch}).")
    for item in receipt.receipts:
        print(f"  {item.target:<26} {item.state:<10} before {item.before:>4}   now {item.after:>4}")
    print("Not covered: other databases of the city, copies made before, buffers of networks and clients.")
