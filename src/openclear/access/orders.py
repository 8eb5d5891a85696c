"""Cut-off orders: who loses what, cut off, lift. Two people, one action, in force at once and everywhere."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from openclear.access import barrier, gate
from openclear.access.changes import Change, change_by
from openclear.access.decisions import judge
from openclear.access.errors import NotAnswered
from openclear.access.keepers import NO_LOCKOUT, locks_out
from openclear.access.models import Agency, Officer, OrderProof, OrderState
from openclear.access.ports import ports
from openclear.access.registry import person_at
from openclear.access.rows import ALL, Ask, OrderRow, Person, Rule, Standing
from openclear.access.rules import CUT_OFF, EMPLOYER, HOST, OVERSIGHT, agencies_of, order_over
from openclear.access.standing import read_standing
from openclear.audit import log
from openclear.audit.proof.headers import BLOCKING_STATES
from openclear.audit.rows import Draft
from openclear.vocabulary import clock
from openclear.vocabulary.actions import DATASET_OF, Action, Dataset
from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of

TWO_PEOPLE = Rule(
    "two-people",
    "An order needs two different people: one who orders and one who approves",
    "CJIS Security Policy AC-5, separation of duties",
    "Have the general counsel or another access administrator approve it.",
)


@dataclass(frozen=True, slots=True)
class TargetReceipt:
    """What became of one kind of thing: how many reached the city before, how many still do."""

    target: str
    state: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class OrderReceipt:
    """What an order did, proved target by target."""

    order: str
    epoch: int
    receipts: Sequence[TargetReceipt]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who loses what if the order is given, and whether it may be given at all."""

    people: Sequence[Person]
    home_people: Sequence[Person]
    unaffected: int
    locks_out: bool


def new_order(
    *, agency: str, ground: str, scope: Sequence[str] = (), purposes: Sequence[str] = ()
) -> OrderRow:
    """Return the draft of an order. Raises WrongUsage or NotPossible where it cannot be one."""
    if not ground.strip():
        message = "An order needs its legal ground; write it with --ground."
        raise WrongUsage(message)
    if not Agency.objects.filter(path=agency_path(agency)).exists():
        message = f"There is no agency {agency} in the registry; see openclear agencies."
        raise NotPossible(message)
    unknown = [name for name in scope if name not in set(Dataset)]
    if unknown:
        message = f"There is no data set '{unknown[0]}'; the data sets are {', '.join(Dataset)}."
        raise WrongUsage(message)
    named = tuple(str(purpose_of(text)) for text in purposes)
    return OrderRow("draft", agency, "draft", tuple(scope) or ALL, named or ALL, ground.strip(), 0)


def plan(grant: Grant, *, order: OrderRow) -> Plan:
    """Return who would lose access by `order` and who would not. Changes nothing."""
    grant.require(Action.ORDER_CUT_OFF)
    standing = read_standing()
    everyone = [
        person_at(standing.epoch, handle) for handle in Officer.objects.values_list("handle", flat=True)
    ]
    people = [person for person in everyone if person and _reaches(order, person)]
    planned = Standing(standing.epoch, (*standing.orders, replace(order, id="planned")))
    return Plan(
        people=people,
        home_people=[person for person in people if _is_home(person)],
        unaffected=len(everyone) - len(people),
        locks_out=_names_home(order.agency) or locks_out(planned),
    )


def cut_off(grant: Grant, *, approval: Grant, order: OrderRow, review_on: date | None = None) -> OrderReceipt:
    """Put `order` in force for its agency, all below it, and everyone tied to any of them.

    When this returns, no answer to them is handed over any more. `approval`: the grant of a second
    person for the same act. Raises Refused where one person acts for two or the order locks the city out.
    """
    grant.require(Action.ORDER_CUT_OFF)
    approval.require(Action.ORDER_CUT_OFF)
    _need_two(grant, approval)
    if plan(grant, order=order).locks_out:
        raise gate.refuse_act(grant, NO_LOCKOUT)
    before = {reach.target: _reached(order, reach.holders()) for reach in ports.reach}
    with change_by(grant) as under_way:
        row = _set_state(under_way, order, "in-force", approval.officer, review_on)
    # From here every decision refuses. What was decided before still holds its agencies' locks.
    with _drained(order.agency) as drained:
        receipts = [_prove(row, reach.target, before[reach.target], reach.holders()) for reach in ports.reach]
        _append_result(grant, row, under_way, [*receipts, drained])
        _keep_proof(row, under_way.epoch, [*receipts, drained])
    return OrderReceipt(row.id, under_way.epoch, [*receipts, drained])


@contextmanager
def _drained(agency: str) -> Iterator[TargetReceipt]:
    target = "answers being handed over"
    try:
        hold, waited = barrier.exclusive(agency)
    except NotAnswered:
        # The order is in force all the same; what is not proved is that the last answer has left.
        yield TargetReceipt(target, "failed", 1, 1)
        return
    try:
        yield TargetReceipt(target, "verified", int(waited), 0)
    finally:
        hold.release()


def lift(grant: Grant, *, approval: Grant, name: str, ground: str) -> Sequence[OrderReceipt]:
    """Lift one order by its id, or every order in force on exactly one agency. Two people, as for the order.

    Raises NotPossible where no such order is in force.
    """
    grant.require(Action.ORDER_LIFT)
    approval.require(Action.ORDER_LIFT)
    _need_two(grant, approval)
    orders = [order for order in read_standing().orders if name in {order.id, order.agency}]
    if not orders:
        message = f"No order {name} is in force; see openclear orders."
        raise NotPossible(message)
    done = []
    for order in orders:
        with change_by(grant) as under_way:
            lifted = OrderRow(order.id, order.agency, order.state, order.scope, order.purposes, ground, 0)
            _set_state(under_way, lifted, "lifted", approval.officer, None)
        done.append(OrderReceipt(order.id, under_way.epoch, ()))
    return done


def _set_state(
    under_way: Change, order: OrderRow, state: str, approved_by: str, review_on: date | None
) -> OrderRow:
    identity = order.id if order.id != "draft" else f"{clock.today().year}-{len(log.state().orders) + 1:03d}"
    set_to = OrderRow(identity, order.agency, state, order.scope, order.purposes, order.ground, 0)
    body = {"ground": order.ground, "ordered_by": under_way.officer, "approved_by": approved_by,
            "review_on": str(review_on or "")}  # fmt: skip
    # The entry is durable, the row is not: a crash on this line leaves an order that the log already
    # enforces and that the next start completes.
    entry = under_way.entry("order", {"order": set_to.header()}, body)
    OrderState.objects.create(
        order=identity, agency=order.agency, state=state, scope=set_to.header()["scope"],
        purposes=set_to.header()["purposes"], ground=order.ground, ordered_by=under_way.officer,
        approved_by=approved_by, review_on=review_on, epoch=under_way.epoch, entry=entry,
    )  # fmt: skip
    return OrderRow(identity, order.agency, state, order.scope, order.purposes, order.ground, entry)


def _keep_proof(row: OrderRow, epoch: int, receipts: Sequence[TargetReceipt]) -> None:
    told = [[item.target, item.state, item.before, item.after] for item in receipts]
    OrderProof.objects.create(order=row.id, epoch=epoch, receipts=told)


def _append_result(grant: Grant, row: OrderRow, under_way: Change, receipts: Sequence[TargetReceipt]) -> None:
    proved = all(item.state == "verified" for item in receipts)
    log.append(
        Draft(
            kind="in-force" if proved else "outcome",
            decision="none" if proved else "error",
            agencies=grant.agencies,
            action=grant.action,
            dataset=DATASET_OF[grant.action],
            purpose=grant.purpose,
            epoch=under_way.epoch,
            attempt=row.entry,
            extra={"order": row.header()} if proved else {},
            body={"receipts": [[item.target, item.state, item.before, item.after] for item in receipts]},
        )  # fmt: skip
    )


def _need_two(grant: Grant, approval: Grant) -> None:
    if grant.officer == approval.officer:
        raise gate.refuse_act(grant, TWO_PEOPLE)


def _prove(order: OrderRow, target: str, before: int, holders: Sequence[str]) -> TargetReceipt:
    standing = read_standing()
    still = sum(_still_answered(order, standing, handle) for handle in holders)
    return TargetReceipt(target, "failed" if still else "verified", before, still)


def _still_answered(order: OrderRow, standing: Standing, handle: str) -> bool:
    ask = _probe(order)
    judgement = judge(handle, ask, standing)
    reached = order_over([order], judgement.agencies, ask) is not None
    # Refused for another reason, such as a case that is missing, would prove nothing of the order.
    return reached and not any(name.startswith(CUT_OFF) for name in judgement.decision.rule_ids)


def _probe(order: OrderRow) -> Ask:
    actions = [action for action in Action if order.scope == ALL or DATASET_OF[action] in order.scope]
    purposes = [purpose for purpose in Purpose if order.purposes == ALL or purpose in order.purposes]
    action = Action.DESK_OPEN if Action.DESK_OPEN in actions else actions[0]
    return Ask(action, purposes[0], ground_named=False, ground=None)


def _reached(order: OrderRow, holders: Sequence[str]) -> int:
    epoch = read_standing().epoch
    people = [person_at(epoch, handle) for handle in holders]
    return sum(person is not None and _reaches(order, person) for person in people)


def _reaches(order: OrderRow, person: Person) -> bool:
    return any(is_within(agency, order.agency) for agency in agencies_of(person, clock.today()))


def _is_home(person: Person) -> bool:
    return any(tie.kind == EMPLOYER and is_within(tie.agency, HOST) for tie in person.affiliations)


def _names_home(agency: str) -> bool:
    return any(is_within(home, agency) or is_within(agency, home) for home in (HOST, OVERSIGHT))


def is_blocking(state: str) -> bool:
    """Say whether an order in this state keeps its agency out."""
    return state in BLOCKING_STATES
