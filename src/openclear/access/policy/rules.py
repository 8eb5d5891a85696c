"""Turns facts into a subject and orders into a verdict. Pure: no table, no clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openclear.access.policy.facts import AgreementRow, OrderRow, Requester, RequesterClass
from openclear.vocabulary.actions import RECORD_DATASETS, Dataset
from openclear.vocabulary.agencies import TieKind, chain, chains, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Inquiry
from openclear.vocabulary.purposes import POLICE_WORK, Purpose
from openclear.vocabulary.rules import Rule, Verdict

CUT_OFF = "cut-off:"
NEXT_STEP = (
    "Write to the general counsel of the department; a judicial criminal warrant goes to the records desk."
)


def _refusal(identity: str, because: str, next_step: str) -> Rule:
    return Rule(identity, because, "Design of OpenCLEAR, law 4: fail closed", next_step)


UNKNOWN_PERSON = _refusal(
    "unknown-person",
    "The person who asks is not in the registry",
    "Sign in again, or ask for an account.",
)
NO_AFFILIATION = _refusal(
    "no-affiliation", "The person has no affiliation in force", "Ask your agency to register you."
)
INCOMPLETE_CHAIN = _refusal(
    "incomplete-chain",
    "An agency above one of the person's agencies is not in the registry",
    "Ask the access administrator to register it.",
)
TEMPORARY_OVER = Rule(
    "temporary-account-over",
    "The account was temporary, for at most 72 hours, and has expired",
    "CJIS Security Policy AC-2(2)",
    "Ask your agency's access coordinator for an account.",
)
DISABLED = Rule(
    "account-disabled",
    "The account is disabled",
    "CJIS Security Policy AC-2(3) and AC-2(13)",
    "Ask an access administrator; two of them can reinstate it.",
)
NO_HUMAN = Rule(
    "integration-carries-its-human",
    "An integration must say which person it acts for, and that person must be allowed to ask",
    "CJIS Security Policy IA-2 and AU-3(1), identity of the operator",
    "Send the handle of the person who asks along with the request.",
)
TWO_PEOPLE = Rule(
    "two-people",
    "An order needs two different people: one who orders and one who approves",
    "CJIS Security Policy AC-5, separation of duties",
    "Have the general counsel or another access administrator approve it.",
)
SECOND_UNDER_ORDER = Rule(
    "second-person-under-order",
    "An order that is proposed, in force or suspended affects this agency, so the change takes a second person, as the order does",
    "CJIS Security Policy AC-5; Design of OpenCLEAR, section 3",
    "Have another access administrator or the general counsel approve it: on the page of the proposal, or with --approved-by.",
)
OVERSIGHTS_OWN = Rule(
    "oversights-own-accounts",
    "Accounts of oversight are approved and ended only by oversight",
    "Design of OpenCLEAR, section 4: the overseer's independence",
    "Have the inspector general approve it.",
)
TWO_PEOPLE_FOR_ACCOUNT = Rule(
    "two-people-for-account",
    "An account needs two different people: one who asks for it and one who approves",
    "CJIS Security Policy AC-2(e), approval of accounts",
    "Have the general counsel or another access administrator approve it.",
)
TWO_PEOPLE_FOR_AGREEMENT = Rule(
    "two-people-for-agreement",
    "An agreement, and its renewal, gives access and needs two different people: one who registers it and one who approves",
    "CJIS Security Policy 5.1.1 and AC-5, separation of duties",
    "Have another access administrator or the general counsel approve it: on the page of the proposal, or with --approved-by.",
)
OTHER_RULES = _refusal(
    "rules-of-another-version",
    "This process does not use the rules that the city uses now",
    "Call the operator: the server was upgraded, and this process must be restarted.",
)
DISAGREEMENT = _refusal(
    "rules-disagree", "The orders and the policies made from them do not agree", "Call the operator."
)


def agencies_of(
    people: Iterable[Requester | None], on: date, on_behalf_of: str | None = None
) -> tuple[str, ...]:
    """Return every agency that these people are tied to on a day, and the one asked for, sorted."""
    paths = {
        tie.agency for requester in people if requester for tie in requester.affiliations if tie.holds_on(on)
    }
    return tuple(sorted(paths | ({on_behalf_of} if on_behalf_of else set())))


def first_fault(requester: Requester | None, agencies: Sequence[str], moment: datetime) -> Rule | None:
    """Return why nothing can be decided for this person, or None: incomplete facts mean a refusal."""
    if requester is None:
        return UNKNOWN_PERSON
    if not requester.is_active:
        return DISABLED
    if requester.temporary_until and requester.temporary_until <= moment:
        return TEMPORARY_OVER
    if not agencies:
        return NO_AFFILIATION
    if any(link not in requester.registered for link in chains(agencies)):
        return INCOMPLETE_CHAIN
    return None


def class_of_requester(
    requester: Requester,
    agencies: tuple[str, ...],
    on: date,
    inquiry: Inquiry,
    carrier: Requester | None = None,
) -> RequesterClass:
    """Return the class of requesters that the person belongs to on a day, for what is asked.

    A request for another agency sees no more than a person of that agency would, and no more than the purpose of
    the integration that carries it allows.
    """
    host = city().host
    employers = [
        tie.agency for tie in requester.affiliations if tie.kind == TieKind.EMPLOYER and tie.holds_on(on)
    ]
    return RequesterClass(
        agencies=agencies,
        roles=requester.roles,
        host=is_within(inquiry.on_behalf_of or host, host)
        and (
            carrier is None
            or any(is_within(tie.agency, host) for tie in carrier.affiliations if tie.holds_on(on))
        )
        and any(is_within(employer, host) for employer in employers),
        agreed=are_agreed(requester, agencies, on),
        certified=all(one.certified_until >= on for one in (requester, carrier) if one),
        machine_purpose=carrier.machine_purpose if carrier else requester.machine_purpose,
        datasets=datasets_agreed(requester, agencies, on, inquiry.purpose),
    )


def may_receive(requester: Requester, agency: str | None, on: date) -> bool:
    """Say whether answers may be asked for on behalf of `agency`: it is registered and has an agreement on that day."""
    return agency is None or (agency in requester.registered and _agreed(requester, agency, on))


def are_agreed(requester: Requester, agencies: Iterable[str], on: date) -> bool:
    """Say whether every one of these agencies is the city's own or has an agreement in force on a day."""
    return all(_agreed(requester, agency, on) for agency in agencies)


def datasets_agreed(
    requester: Requester, agencies: Iterable[str], on: date, purpose: Purpose
) -> tuple[str, ...]:
    """Return the data sets of records that the agreements of all these agencies name for a purpose, sorted.

    The city's own agencies have no limit. An agreement limits the purposes of police work: one's own account, and
    administration, are no use of records. Cases are named as a reason under every agreement.
    """
    found = {str(dataset) for dataset in RECORD_DATASETS}
    for agency in agencies:
        if not is_within(agency, city().root):
            found &= _named(_in_force(requester, agency, on), purpose)
    return tuple(sorted(found))


def _named(agreements: Iterable[AgreementRow], purpose: Purpose) -> set[str]:
    fitting = [row for row in agreements if purpose in row.purposes or purpose not in POLICE_WORK]
    return {str(Dataset.CASES), *(name for row in fitting for name in row.datasets)}


def _agreed(requester: Requester, agency: str, on: date) -> bool:
    return is_within(agency, city().root) or bool(_in_force(requester, agency, on))


def _in_force(requester: Requester, agency: str, on: date) -> list[AgreementRow]:
    links = chain(agency)
    return [row for row in requester.agreements if row.agency in links and row.in_force_on(on)]


def order_over(orders: Iterable[OrderRow], agencies: Sequence[str], inquiry: Inquiry) -> OrderRow | None:
    """Return the order that forbids the request to somebody tied to these agencies, or None.

    The same rule as the log's own (`audit.proof.orders`) and as the forbid made from the order.
    """
    dataset = str(inquiry.action.dataset)
    for order in orders:
        if order.covers_inquiry(dataset, str(inquiry.purpose)) and any(
            order.covers_agency(agency) for agency in agencies
        ):
            return order
    return None


def order_over_ground(
    orders: Iterable[OrderRow], agencies: Sequence[str], inquiry: Inquiry
) -> OrderRow | None:
    """Return the order on cases that forbids naming one, or None. The same whether or not the case exists.

    Whether a number is an open case of theirs is a question about cases, for any act that names it.
    """
    for order in orders:
        means = bool(inquiry.case) and order.covers_inquiry(str(Dataset.CASES), str(inquiry.purpose))
        if means and any(order.covers_agency(agency) for agency in agencies):
            return order
    return None


def order_refusal(order: OrderRow) -> Verdict:
    """Return the refusal that an order in force gives."""
    rule = Rule(f"{CUT_OFF}{order.id}", f"Access of {order.agency} is cut off", order.legal_basis, NEXT_STEP)
    return Verdict(allowed=False, rules=(rule,))


def checked(verdict: Verdict, order: OrderRow | None) -> Verdict:
    """Return the verdict of order and policy together. A cut-off wins; if the two disagree the answer is no."""
    named = {rule.id for rule in verdict.rules}
    if order is None:
        stray = any(name.startswith(CUT_OFF) for name in named)
        return Verdict(allowed=False, rules=(DISAGREEMENT,)) if stray else verdict
    if verdict.allowed or f"{CUT_OFF}{order.id}" not in named:
        return Verdict(allowed=False, rules=(DISAGREEMENT, *order_refusal(order).rules))
    return order_refusal(order)
