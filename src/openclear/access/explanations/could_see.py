"""Whether an agency could have seen a record on a day, in each part of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openclear.access.explanations.days import PartOfDay, parts_of, rules_held_on
from openclear.access.gate.decide import decide_for
from openclear.access.gate.requesters import registry_facts
from openclear.access.policy.considered import ANY_CASE
from openclear.access.policy.facts import AffiliationRow, Requester
from openclear.vocabulary.actions import VIEWS, Action, Dataset
from openclear.vocabulary.agencies import TieKind, is_within
from openclear.vocabulary.days import clock_time, end_time
from openclear.vocabulary.grants import Grant, Ground, Inquiry
from openclear.vocabulary.purposes import POLICE_WORK
from openclear.vocabulary.roles import Role

BY_LABELS = "hidden-by-its-labels"


@dataclass(frozen=True, slots=True)
class Handled:
    """How a row is handled: its data set, its labels now, and when a court's order put a label on it.

    Other labels are taken as they are now: what they were on a past day is not kept.
    """

    dataset: Dataset
    labels: int
    sealings: Sequence[tuple[datetime, int]] = ()

    def labels_at(self, moment: datetime) -> int:
        """Return the labels at a moment: without those that were put on later."""
        before = {label for since, label in self.sealings if since <= moment}
        later = {label for since, label in self.sealings if since > moment} - before
        return self.labels & ~sum(later)


@dataclass(frozen=True, slots=True)
class PartSeen:
    """A part of the day, from `since` up to, but not including, `until`.

    `purposes`: each police purpose with the rules against it, none if an officer could have seen the row. `orders`: those in
    force on the agency.
    """

    since: datetime
    until: datetime
    purposes: dict[str, list[str]]
    orders: list[str]

    @property
    def begins(self) -> str:
        """When it begins, by the city's clock."""
        return clock_time(self.since)

    @property
    def ends(self) -> str:
        """When it ends, by the city's clock."""
        return end_time(self.until)

    @property
    def could(self) -> bool:
        """Whether any purpose was open."""
        return any(not against for against in self.purposes.values())


@dataclass(frozen=True, slots=True)
class CouldHaveSeen:
    """Whether an officer of an agency could have seen a row at any time of a day, and in which parts of it.

    `rules_of_the_day`: whether the rules of this program were the city's during the whole day.
    """

    agency: str
    on: str
    parts: list[PartSeen]
    rules_of_the_day: bool

    @property
    def could(self) -> bool:
        """Whether the agency could have seen it at any time of the day."""
        return any(part.could for part in self.parts)

    @property
    def purposes(self) -> dict[str, list[str]]:
        """Each police purpose with the rules against it; none for a purpose that was open at any time of the day."""
        return {
            purpose: []
            if any(not part.purposes[purpose] for part in self.parts)
            else _each_once(rule for part in self.parts for rule in part.purposes[purpose])
            for purpose in self.parts[0].purposes
        }

    @property
    def orders(self) -> list[str]:
        """The orders that were in force on the agency at any time of the day."""
        return _each_once(order for part in self.parts for order in part.orders)


def could_have_seen(grant: Grant, *, agency: str, row: Handled, on: date) -> CouldHaveSeen:
    """Return whether an officer of `agency`, with an open case of their own, could have seen a row on a day of the city."""
    grant.require(Action.LOG_VIEW_ALL)
    parts: list[PartSeen] = []
    changes = [moment for moment, _ in row.sealings] + _changes_of_agreements(agency)
    for part in parts_of(on, also=changes):
        seen = _seen(agency, row.dataset, row.labels_at(part.since), part)
        if parts and (parts[-1].purposes, parts[-1].orders) == (seen.purposes, seen.orders):
            seen = PartSeen(parts.pop().since, seen.until, seen.purposes, seen.orders)
        parts.append(seen)
    return CouldHaveSeen(agency, str(on), parts, rules_held_on(on))


def _seen(agency: str, dataset: Dataset, labels: int, part: PartOfDay) -> PartSeen:
    officer = _officer_of(agency, part)
    action = next(view for view in (*VIEWS, Action.CASE_VIEW) if view.dataset is dataset)
    found: dict[str, list[str]] = {}
    for purpose in POLICE_WORK:
        inquiry = Inquiry(action, purpose, ANY_CASE, Ground("case", "", is_open=True, agencies=(agency,)))
        decision = decide_for(officer, inquiry, part.standing, day=part.day)
        shown = decision.verdict.allowed and decision.clearances[dataset].shows(labels)
        against = [BY_LABELS] if decision.verdict.allowed else list(decision.verdict.rule_ids)
        found[str(purpose)] = [] if shown else against
    over = [order.id for order in part.standing.orders if order.covers_agency(agency)]
    return PartSeen(part.since, part.until, found, over)


def _changes_of_agreements(agency: str) -> list[datetime]:
    # An agreement counts from the second in which it is signed, to the second in which it is ended.
    over = (row for row in registry_facts()[0] if is_within(agency, row.agency))
    return [moment for row in over for moment in (row.signed, row.ended) if moment]


def _officer_of(agency: str, part: PartOfDay) -> Requester:
    found, registered = registry_facts()
    agreements = tuple(row for row in (each.at(part.since) for each in found) if row)
    on, tie = part.day, AffiliationRow(agency, TieKind.EMPLOYER, part.day, None, 0)
    return Requester(
        handle="any", name="any officer", title="", roles=(Role.OFFICER,), certified_until=on, machine_purpose="",
        is_integration=False, is_active=True, temporary_until=None, affiliations=(tie,), agreements=agreements,
        registered=registered,
    )  # fmt: skip


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
