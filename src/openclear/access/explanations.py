"""Why the gate would open or not, now or on a day that is past: deciding rules, ties, and what stays hidden and why.

Reads no record. A day that is past is answered from the dated facts of the registry and the states of the orders; the
rules are those of this version of the program, and the answer says whether they were the city's on that day.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from openclear.access.decisions import Judgement, policies, verdict
from openclear.access.models import OrderState, PolicyVersion
from openclear.access.order_rows import is_blocking, rows_of
from openclear.access.ports import ports
from openclear.access.registry import read_person, registry_facts
from openclear.access.rows import AffiliationRow, Ask, Person, Rule, Standing
from openclear.access.rules import EMPLOYER, agencies_of, subject_of
from openclear.access.standing import read_standing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import RECORD_DATASETS, Action, Dataset
from openclear.vocabulary.agencies import chain
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Clearance, Grant, Ground
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import POLICE_WORK, Purpose, purpose_of


@dataclass(frozen=True, slots=True)
class Question:
    """An act that is to be explained, as it was typed. `officer`: whose act, "" for the asker's own; `on`: "" for now."""

    officer: str
    action: str
    purpose: str
    case: str = ""
    on: str = ""

    def is_of(self, reader: str) -> bool:
        """Say whether `reader` asks about themselves."""
        return self.officer in {"", reader}

    def act_of(self, reader: str) -> Action:
        """Return the act that the gate decides: about oneself anyone asks, about others oversight alone."""
        return Action.DECISION_EXPLAIN if self.is_of(reader) else Action.DECISION_EXPLAIN_OTHERS

    def reason_of(self, reader: str) -> Purpose:
        """Return the purpose of the question itself."""
        return Purpose.OWN_ACCOUNT if self.is_of(reader) else Purpose.OVERSIGHT_REVIEW

    def facts(self) -> dict[str, Any]:
        """Return all that was asked, for the entry."""
        return {"explained": facts_of(self)}


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


def action_of(text: str) -> Action:
    """Return the act that `text` names. Raises WrongUsage."""
    try:
        return Action(text.strip().lower())
    except ValueError:
        message = f"There is no act '{text}'; the acts are {', '.join(Action)}."
        raise WrongUsage(message) from None


def day_of(text: str | None) -> date | None:
    """Return the day that `text` names, or None without one. Raises WrongUsage for one that is none or to come."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"'{text}' is no day; write it as 2019-07-12.") from None
    if day > clock.today():
        raise WrongUsage("Name a day that is past, or leave it out for today.")
    return day


def explain(grant: Grant, *, question: Question) -> Explanation:
    """Return how an act would be decided now, or would have been at the end of a day.

    Of the case only whether it is open today is known. Raises WrongUsage for an act, purpose or day that is none,
    WrongKey where a grant about oneself is used for others.
    """
    grant.require(question.act_of(grant.officer), Action.DECISION_EXPLAIN_OTHERS)
    handle, case = question.officer or grant.officer, question.case
    action, purpose, on = action_of(question.action), purpose_of(question.purpose), day_of(question.on)
    ground = ports.grounds.find(case) if case else None
    ask = Ask(action, purpose, ground_named=bool(case), ground=ground)
    day = on or clock.today()
    standing = read_standing() if on is None else standing_on(on)
    judgement = verdict(read_person(handle), ask, standing, day=on)
    clearances = judgement.clearances.values()
    return Explanation(
        allowed=judgement.decision.allowed,
        rules=[asdict(rule) for rule in judgement.decision.rules],
        agencies=list(judgement.agencies),
        affiliations=_ties(judgement, day),
        hidden_labels={str(item.dataset): _labels(item) for item in clearances},
        hidden_fields={str(item.dataset): sorted(item.hidden_fields) for item in clearances},
        hidden=_hidden(judgement, ask, standing, day),
        epoch=judgement.epoch,
        on=str(day),
        rules_of_the_day=_rules_held_on(day),
    )


def could_have_seen(grant: Grant, *, agency: str, dataset: Dataset, labels: int, on: date) -> CouldHaveSeen:
    """Return whether an officer of `agency`, with an open case of their own, could have seen a row on a day.

    `labels`: the row's handling labels as they are now; what they were on the day is not kept.
    """
    grant.require(Action.LOG_VIEW_ALL)
    standing, officer = standing_on(on), _officer_of(agency, on)
    action = {
        Dataset.PEOPLE: Action.PERSON_VIEW, Dataset.INCIDENTS: Action.INCIDENT_VIEW,
        Dataset.ARRESTS: Action.ARREST_VIEW, Dataset.VEHICLES: Action.VEHICLE_VIEW, Dataset.CASES: Action.CASE_VIEW,
    }[dataset]  # fmt: skip
    found: dict[str, list[str]] = {}
    for purpose in POLICE_WORK:
        ask = Ask(action, purpose, True, Ground("case", "", is_open=True, agencies=(agency,)))  # noqa: FBT003 - a ground is named
        judgement = verdict(officer, ask, standing, day=on)
        shown = judgement.decision.allowed and judgement.clearances[dataset].shows(labels)
        against = (
            ["hidden-by-its-labels"] if judgement.decision.allowed else list(judgement.decision.rule_ids)
        )
        found[str(purpose)] = [] if shown else against
    over = [order.id for order in standing.orders if order.holds(agency)]
    return CouldHaveSeen(
        agency, str(on), any(not against for against in found.values()), found, over, _rules_held_on(on)
    )


def standing_on(day: date) -> Standing:
    """Return the orders that were in force at the end of a day, with the places that they hold now."""
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


def _officer_of(agency: str, on: date) -> Person:
    agreements, registered = registry_facts()
    tie = AffiliationRow(agency, EMPLOYER, on, None, 0)
    return Person(
        handle="any", name="any officer", title="", roles=("officer",), certified_until=on, machine_purpose="",
        is_integration=False, is_active=True, temporary_until=None, affiliations=(tie,), agreements=agreements,
        registered=registered,
    )  # fmt: skip


def _ties(judgement: Judgement, on: date) -> list[dict[str, object]]:
    ties = judgement.person.affiliations if judgement.person else ()
    return [
        {"agency": tie.agency, "kind": tie.kind, "since": str(tie.since), "until": str(tie.until or ""),
         "chain": list(chain(tie.agency)), "entry": tie.entry}
        for tie in ties
        if tie.holds_on(on)
    ]  # fmt: skip


def _hidden(judgement: Judgement, ask: Ask, standing: Standing, on: date) -> list[HiddenClass]:
    if not judgement.decision.allowed or judgement.person is None:
        return []
    subject = subject_of(judgement.person, agencies_of([judgement.person], on), on)
    engine = policies().under(standing.orders)
    hidden: list[HiddenClass] = []
    for dataset in RECORD_DATASETS:
        clearance = judgement.clearances[dataset]
        hidden += [
            HiddenClass(str(dataset), name, _ids(engine.why(subject, ask, dataset, label=name)))
            for name in _labels(clearance)
        ]
        hidden += [
            HiddenClass(str(dataset), name, _ids(engine.why(subject, ask, dataset, name=name)))
            for name in sorted(clearance.hidden_fields)
        ]
    return hidden


def _ids(rules: Sequence[Rule]) -> list[str]:
    return [rule.id for rule in rules]


def _labels(clearance: Clearance) -> list[str]:
    return [label_name(label) for label in Label if label in clearance.refused_labels]
