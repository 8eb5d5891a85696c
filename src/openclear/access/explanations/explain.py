"""Why the gate would open or not, now or on a past day: deciding rules, ties, and what stays hidden and why.

Reads no record. A past day is answered from the dated facts of the registry and the states of the orders, part by part
(`days`); the rules are those of this version of the program, and the answer says whether they were the city's that day.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from openclear.access.explanations.days import day_of, parts_of, rules_held_on
from openclear.access.gate.decide import Decision, decide_for, policies
from openclear.access.gate.requesters import read_requester
from openclear.access.gate.standing import read_standing
from openclear.access.policy.facts import Standing
from openclear.access.policy.rules import agencies_of, class_of_requester
from openclear.access.ports import ports
from openclear.vocabulary import clock
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.agencies import chain
from openclear.vocabulary.days import clock_time, end_time
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import LONGEST_CASE, Clearance, Grant, Inquiry
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import Purpose, purpose_of
from openclear.vocabulary.rules import Rule, Verdict
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
class ExplainedPart:
    """The verdict in a part of a day, by the city's clock: from `since` up to, but not including, `until`."""

    since: str
    until: str
    allowed: bool
    rules: list[str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on an act that was not done: now, or at the end of a past day.

    `affiliations`: each tie on the day with its chain of agencies, root first. `rules_of_the_day`: whether the rules of
    this program were the city's on that day. `parts`: of a past day on which the verdict changed, else empty.
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
    parts: list[ExplainedPart]


@without_grant("reads nothing: it makes a value of what was typed")
def action_of(text: str) -> Action:
    """Return the act that `text` names. Raises WrongUsage."""
    named = {str(action): action for action in Action}.get(text.strip().lower())
    if named is None:
        message = f"There is no act '{text}'; the acts are {', '.join(Action)}."
        raise WrongUsage(message)
    return named


def explain(grant: Grant, *, question: Question) -> Explanation:
    """Return how an act would be decided now, or would have been at the end of a day and in each part of it.

    Of the case only whether it is open today is known. Raises WrongUsage for an invalid act, purpose or day,
    WrongKey if a grant about oneself is used for others.
    """
    grant.require(question.act_of(grant.officer), Action.DECISION_EXPLAIN_OTHERS)
    handle, case = handle_of(question.officer) or grant.officer, question.case
    action, purpose, on = action_of(question.action), purpose_of(question.purpose), day_of(question.on)
    ground = ports.grounds.find(case) if case else None
    inquiry = Inquiry(action, purpose, case or "", ground)
    requester = read_requester(handle)
    decided = [
        (part, decide_for(requester, inquiry, part.standing, day=part.day))
        for part in (parts_of(on) if on else ())
    ]
    standing, day = (
        (decided[-1][0].standing, decided[-1][0].day) if decided else (read_standing(), clock.today())
    )
    decision = decided[-1][1] if decided else decide_for(requester, inquiry, standing)
    clearances = decision.clearances.values()
    return Explanation(
        allowed=decision.verdict.allowed,
        rules=[asdict(rule) for rule in decision.verdict.rules],
        agencies=list(decision.agencies),
        affiliations=_ties(decision, on or day),
        hidden_labels={str(item.dataset): _labels(item) for item in clearances},
        hidden_fields={str(item.dataset): sorted(item.hidden_fields) for item in clearances},
        hidden=_hidden(decision, inquiry, standing, day),
        epoch=decision.epoch,
        on=str(on or day),
        rules_of_the_day=rules_held_on(on or day),
        parts=_parts([(part.since, part.until, decision.verdict) for part, decision in decided]),
    )


def _parts(decided: Sequence[tuple[datetime, datetime, Verdict]]) -> list[ExplainedPart]:
    # Neighbors with one verdict are one part; a day with one part needs none.
    parts: list[ExplainedPart] = []
    for since, until, verdict in decided:
        part = ExplainedPart(clock_time(since), end_time(until), verdict.allowed, list(verdict.rule_ids))
        if parts and (parts[-1].allowed, parts[-1].rules) == (part.allowed, part.rules):
            part = replace(part, since=parts.pop().since)
        parts.append(part)
    return parts if len(parts) > 1 else []


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
