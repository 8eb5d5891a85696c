"""Why the gate would open or not, now or on a past day: deciding rules, ties, and what stays hidden and why.

Reads no record. A past day is answered from the dated facts of the registry and the states of the orders; the
rules are those of this version of the program, and the answer says whether they were the city's on that day.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from openclear.access.gate.decide import Decision, decide_for, policies
from openclear.access.gate.order_rows import is_blocking, rows_of
from openclear.access.gate.requesters import read_requester, registry_facts
from openclear.access.gate.standing import read_standing
from openclear.access.models import OrderState, PolicyVersion
from openclear.access.policy.considered import ANY_CASE
from openclear.access.policy.facts import AffiliationRow, Requester, Standing
from openclear.access.policy.rules import agencies_of, class_of_requester
from openclear.access.ports import ports
from openclear.vocabulary import clock
from openclear.vocabulary.actions import RECORD_DATASETS, VIEWS, Action, Dataset
from openclear.vocabulary.agencies import TieKind, chain
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import LONGEST_CASE, Clearance, Grant, Ground, Inquiry
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import POLICE_WORK, Purpose, purpose_of
from openclear.vocabulary.roles import Role
from openclear.vocabulary.rules import Rule
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class Question:
    """An act that is to be explained, as it was typed. `officer`: whose act, "" for the requester's own; `on`: "" for now."""

    officer: str = field(default="", metadata=parameter("Officer", longest=40, example="rivera"))
    action: str = field(
        default="", metadata=parameter("Act", longest=40, example="person.search", needed=True)
    )
    purpose: str = field(
        default="", metadata=parameter("Purpose", longest=60, example="criminal-investigation", needed=True)
    )
    case: str = field(default="", metadata=parameter("Case", longest=LONGEST_CASE, example="CZ-2026-000120"))
    on: str = field(default="", metadata=parameter("Day", longest=10, example="2019-07-12", day=True))

    def is_of(self, reader: str) -> bool:
        """Say whether `reader` asks about themselves."""
        return handle_of(self.officer) in {"", reader}

    def act_of(self, reader: str) -> Action:
        """Return the act that the gate decides: anyone may ask about themselves, only oversight about others."""
        return Action.DECISION_EXPLAIN if self.is_of(reader) else Action.DECISION_EXPLAIN_OTHERS

    def reason_of(self, reader: str) -> Purpose:
        """Return the purpose of the question itself."""
        return Purpose.OWN_ACCOUNT if self.is_of(reader) else Purpose.OVERSIGHT_REVIEW


@dataclass(frozen=True, slots=True)
class HiddenClass:
    """A class of rows or a field that stays hidden, and the rules that hide it."""

    dataset: str
    what: str
    rules: list[str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on an act that was not done.

    `affiliations`: each tie on the day with its chain of agencies, root first. `rules_of_the_day`: whether the rules of
    this program were the city's on that day.
    """

    allowed: bool
    rules: list[dict[str, str]]
    agencies: list[str]
    affiliations: list[dict[str, object]]
    hidden_labels: dict[str, list[str]]
    hidden_fields: dict[str, list[str]]
    hidden: list[HiddenClass]
    epoch: int
    on: str
    rules_of_the_day: bool


@dataclass(frozen=True, slots=True)
class CouldHaveSeen:
    """Whether an officer of an agency could have seen a row on a day: for each police purpose yes, or the rules against it."""

    agency: str
    on: str
    could: bool
    purposes: dict[str, list[str]]
    orders: list[str]
    rules_of_the_day: bool


@without_grant("reads nothing: it makes a value of what was typed")
def action_of(text: str) -> Action:
    """Return the act that `text` names. Raises WrongUsage."""
    named = {str(action): action for action in Action}.get(text.strip().lower())
    if named is None:
        message = f"There is no act '{text}'; the acts are {', '.join(Action)}."
        raise WrongUsage(message)
    return named


@without_grant("reads nothing: it makes a value of what was typed")
def day_of(text: str | None) -> date | None:
    """Return the day that `text` names, or None without one. Raises WrongUsage for an invalid or future day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"'{text}' is not a day; write it as 2019-07-12.") from None
    if day > clock.today():
        raise WrongUsage("Give a day in the past, or leave it out for today.")
    return day


def explain(grant: Grant, *, question: Question) -> Explanation:
    """Return how an act would be decided now, or would have been at the end of a day.

    Of the case only whether it is open today is known. Raises WrongUsage for an invalid act, purpose or day,
    WrongKey if a grant about oneself is used for others.
    """
    grant.require(question.act_of(grant.officer), Action.DECISION_EXPLAIN_OTHERS)
    handle, case = handle_of(question.officer) or grant.officer, question.case
    action, purpose, on = action_of(question.action), purpose_of(question.purpose), day_of(question.on)
    ground = ports.grounds.find(case) if case else None
    inquiry = Inquiry(action, purpose, case or "", ground)
    day = on or clock.today()
    standing = read_standing() if on is None else standing_on(on)
    decision = decide_for(read_requester(handle), inquiry, standing, day=on)
    clearances = decision.clearances.values()
    return Explanation(
        allowed=decision.verdict.allowed,
        rules=[asdict(rule) for rule in decision.verdict.rules],
        agencies=list(decision.agencies),
        affiliations=_ties(decision, day),
        hidden_labels={str(item.dataset): _labels(item) for item in clearances},
        hidden_fields={str(item.dataset): sorted(item.hidden_fields) for item in clearances},
        hidden=_hidden(decision, inquiry, standing, day),
        epoch=decision.epoch,
        on=str(day),
        rules_of_the_day=_rules_held_on(day),
    )


def could_have_seen(grant: Grant, *, agency: str, dataset: Dataset, labels: int, on: date) -> CouldHaveSeen:
    """Return whether an officer of `agency`, with an open case of their own, could have seen a row on a day.

    `labels`: the row's handling labels as they are now; what they were on the day is not kept.
    """
    grant.require(Action.LOG_VIEW_ALL)
    standing, officer = standing_on(on), _officer_of(agency, on)
    action = next(view for view in (*VIEWS, Action.CASE_VIEW) if view.dataset is dataset)
    found: dict[str, list[str]] = {}
    for purpose in POLICE_WORK:
        inquiry = Inquiry(action, purpose, ANY_CASE, Ground("case", "", is_open=True, agencies=(agency,)))
        decision = decide_for(officer, inquiry, standing, day=on)
        shown = decision.verdict.allowed and decision.clearances[dataset].shows(labels)
        against = ["hidden-by-its-labels"] if decision.verdict.allowed else list(decision.verdict.rule_ids)
        found[str(purpose)] = [] if shown else against
    over = [order.id for order in standing.orders if order.covers_agency(agency)]
    return CouldHaveSeen(
        agency, str(on), any(not against for against in found.values()), found, over, _rules_held_on(on)
    )


@without_grant("reads orders, no record: the gate asks it before there is a grant")
def standing_on(day: date) -> Standing:
    """Return the orders that were in force at the end of a day, with the places that they cover now."""
    states: dict[str, OrderState] = {}
    for state in OrderState.objects.order_by("sequence"):
        if state.moment is None or state.moment.date() <= day:
            states[state.order] = state
    blocking = rows_of(state for state in states.values() if is_blocking(state.state))
    now = read_standing()
    return Standing(now.epoch, tuple(blocking), now.rules)


def _rules_held_on(day: date) -> bool:
    held = PolicyVersion.objects.filter(moment__date__lte=day).order_by("-pk").first()
    return held is not None and held.digest == policies().digest


def _officer_of(agency: str, on: date) -> Requester:
    agreements, registered = registry_facts()
    tie = AffiliationRow(agency, TieKind.EMPLOYER, on, None, 0)
    return Requester(
        handle="any", name="any officer", title="", roles=(Role.OFFICER,), certified_until=on, machine_purpose="",
        is_integration=False, is_active=True, temporary_until=None, affiliations=(tie,), agreements=agreements,
        registered=registered,
    )  # fmt: skip


def _ties(decision: Decision, on: date) -> list[dict[str, object]]:
    ties = decision.requester.affiliations if decision.requester else ()
    return [
        {"agency": tie.agency, "kind": tie.kind, "since": str(tie.since), "until": str(tie.until or ""),
         "chain": list(chain(tie.agency)), "entry": tie.entry}
        for tie in ties
        if tie.holds_on(on)
    ]  # fmt: skip


def _hidden(decision: Decision, inquiry: Inquiry, standing: Standing, on: date) -> list[HiddenClass]:
    if not decision.verdict.allowed or decision.requester is None:
        return []
    requester_class = class_of_requester(
        decision.requester, agencies_of([decision.requester], on), on, inquiry
    )
    engine = policies().under(standing.orders)
    hidden: list[HiddenClass] = []
    for dataset in RECORD_DATASETS:
        clearance = decision.clearances[dataset]
        hidden += [
            HiddenClass(
                str(dataset), name, _ids(engine.seen(requester_class, inquiry, dataset, label=name).rules)
            )
            for name in _labels(clearance)
        ]
        hidden += [
            HiddenClass(
                str(dataset), name, _ids(engine.seen(requester_class, inquiry, dataset, name=name).rules)
            )
            for name in sorted(clearance.hidden_fields)
        ]
    return hidden


def _ids(rules: Sequence[Rule]) -> list[str]:
    return [rule.id for rule in rules]


def _labels(clearance: Clearance) -> list[str]:
    return [label_name(label) for label in Label if label in clearance.refused_labels]
