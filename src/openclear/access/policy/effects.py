"""What exactly an order does: every act, its data set and purposes, and its ways out.

An act is refused if an order means its data set and purpose, and by nothing else of the order; if it
names a case, also by an order on cases. What
is kept for later makes two requests at each use, for what it holds and for being kept; it ends if either is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openclear.access.policy.facts import OrderRow
from openclear.vocabulary.actions import SEARCHES, VIEWS, Action, Dataset
from openclear.vocabulary.purposes import POLICE_WORK, Purpose

PAGE, API, COMMAND, EXPORT, ALERT, LINK, EDITION = (
    "page",
    "api",
    "command",
    "export",
    "alert",
    "link",
    "edition",
)
_SEARCH, _VIEW = (PAGE, API, COMMAND, EXPORT, ALERT), (PAGE, API, LINK)
_ADMINISTRATION = (Purpose.ACCESS_ADMINISTRATION,)
_OVERSIGHT = (Purpose.OVERSIGHT_REVIEW,)
_OWN = (Purpose.OWN_ACCOUNT,)
_INVESTIGATION = (Purpose.CRIMINAL_INVESTIGATION,)
_ANALYSIS, _RELEASE = (Purpose.CRIME_ANALYSIS,), (Purpose.PUBLIC_RELEASE,)
_STOPS = (Purpose.TRAFFIC_STOP, Purpose.DISPATCH_RESPONSE)
_RECORDS = (Purpose.RECORDS_MAINTENANCE,)
_OF_INCIDENTS = (*POLICE_WORK, *_ANALYSIS, *_RECORDS)
Asked = tuple[tuple[Purpose, ...], tuple[str, ...]]
ASKED: Mapping[Action, Asked] = {
    **dict.fromkeys(SEARCHES, (POLICE_WORK, _SEARCH)),
    **dict.fromkeys(VIEWS, (POLICE_WORK, _VIEW)),
    Action.ACCOUNT_RELEASE: (_ADMINISTRATION, (PAGE, COMMAND)),
    Action.ALERT_KEEP: (_OWN, (PAGE, ALERT)),
    Action.ANALYSIS_ASK: (_ANALYSIS, (PAGE, API, COMMAND, EXPORT)),
    Action.BOUNDARY_KEEP: (_RECORDS, (COMMAND,)),
    Action.CASE_CONFIRM: (_INVESTIGATION, (PAGE, COMMAND)),
    Action.CASE_LIST: (_OWN, (PAGE, API, COMMAND)),
    Action.CASE_REGISTER: (_INVESTIGATION, (PAGE, COMMAND)),
    Action.CASE_SHARE: (_INVESTIGATION, (PAGE, COMMAND)),
    Action.CASE_VIEW: (_OWN, (PAGE, API)),
    Action.DECISION_EXPLAIN: (_OWN, (PAGE, API, COMMAND)),
    Action.DECISION_EXPLAIN_OTHERS: (_OVERSIGHT, (PAGE, API, COMMAND)),
    Action.DESK_OPEN: (_OWN, (PAGE, LINK)),
    Action.EDITION_MAKE: (_RELEASE, (COMMAND, EDITION)),
    Action.EXPORT_KEEP: (_OWN, (PAGE, COMMAND, EXPORT)),
    Action.INCIDENT_SEARCH: (_OF_INCIDENTS, _SEARCH),
    Action.INCIDENT_VIEW: (_OF_INCIDENTS, _VIEW),
    Action.LINK_KEEP: (_OWN, (PAGE, LINK)),
    Action.LOG_ERASE: (_OVERSIGHT, (COMMAND,)),
    Action.LOG_EXPORT: ((*_OVERSIGHT, *_RELEASE), (COMMAND, EDITION)),
    Action.LOG_EXPORT_BODIES: (_OVERSIGHT, (COMMAND,)),
    Action.LOG_RESTORE: (_ADMINISTRATION, (COMMAND,)),
    Action.LOG_VIEW: (_OWN, (PAGE, COMMAND)),
    Action.LOG_VIEW_ALL: (_OVERSIGHT, (PAGE, COMMAND)),
    Action.LOG_VIEW_OWN: (_OWN, (PAGE,)),
    Action.ORDER_CUT_OFF: (_ADMINISTRATION, (PAGE, COMMAND)),
    Action.ORDER_LIFT: (_ADMINISTRATION, (PAGE, COMMAND)),
    Action.OVERSIGHT_ACCOUNT: (_OVERSIGHT, (PAGE, COMMAND)),
    Action.RECORD_SEAL: (_RECORDS, (COMMAND,)),
    Action.RECORDS_IMPORT: (_RECORDS, (COMMAND,)),
    Action.REGISTRY_CHANGE: (_ADMINISTRATION, (PAGE, COMMAND)),
    Action.REGISTRY_LIST: (_ADMINISTRATION, (PAGE, API, COMMAND)),
    Action.STOP_END: (_OWN, (PAGE,)),
    Action.STOP_IDENTIFY: (_STOPS, (PAGE,)),
    Action.STOP_START: (_STOPS, (PAGE,)),
    Action.TOKEN_CREATE: (_ADMINISTRATION, (COMMAND,)),
    Action.TOKEN_OWN: (_OWN, (PAGE,)),
}
# Acts that the rules allow only on an open case, dispatch event or warrant: naming one is also a request on cases.
ON_A_CASE = frozenset(
    {Action.ARREST_SEARCH, Action.ARREST_VIEW, Action.PERSON_SEARCH, Action.PERSON_VIEW, Action.STOP_IDENTIFY}
)
# Acts for which naming a case is optional.
WITH_A_CASE = frozenset({*SEARCHES, *VIEWS}) - ON_A_CASE
# What every use of something kept asks for besides what it holds.
KEPT: Mapping[str, Action] = {EXPORT: Action.EXPORT_KEEP, ALERT: Action.ALERT_KEEP, LINK: Action.LINK_KEEP}


@dataclass(frozen=True, slots=True)
class Effect:
    """What an order does to one act. `refused`, `kept`: purposes for which it is refused, and for which it stays.

    `ways`: the ways out that close for the refused purposes; `ended`: those that close for every purpose, because what
    is kept at one's own desk is refused. `on_a_case`: those of `kept` for which it is refused if a case is named.
    """

    action: Action
    dataset: Dataset
    refused: Sequence[str]
    kept: Sequence[str]
    ways: Sequence[str]
    ended: Sequence[str]
    on_a_case: Sequence[str]

    @property
    def is_felt(self) -> bool:
        """Say whether the order does anything to this act."""
        return bool(self.refused or self.ended or self.on_a_case)


def effects_of(order: OrderRow) -> list[Effect]:
    """Return what an order does to each act, by name."""
    return [_effect(order, action) for action in sorted(ASKED)]


def refuses(order: OrderRow, action: Action, purpose: Purpose) -> bool:
    """Say whether an order refuses an act for a purpose, with or without a case."""
    on_a_case = action in ON_A_CASE and order.covers_inquiry(str(Dataset.CASES), str(purpose))
    return on_a_case or order.covers_inquiry(str(action.dataset), str(purpose))


def refuses_on_a_case(order: OrderRow, action: Action, purpose: Purpose) -> bool:
    """Say whether an order refuses an act for a purpose that names a case."""
    means_the_case = action in WITH_A_CASE and order.covers_inquiry(str(Dataset.CASES), str(purpose))
    return means_the_case or refuses(order, action, purpose)


def closes(order: OrderRow, action: Action, purpose: Purpose, way: str) -> bool:
    """Say whether an order closes one way out of an act for a purpose."""
    kept = KEPT.get(way)
    return refuses(order, action, purpose) or (kept is not None and refuses(order, kept, Purpose.OWN_ACCOUNT))


def _effect(order: OrderRow, action: Action) -> Effect:
    purposes, ways = ASKED[action]
    refused = [purpose for purpose in purposes if refuses(order, action, purpose)]
    kept = [purpose for purpose in purposes if purpose not in refused]
    ended = [way for way in ways if kept and all(closes(order, action, purpose, way) for purpose in kept)]
    on_a_case = [str(purpose) for purpose in kept if refuses_on_a_case(order, action, purpose)]
    return Effect(
        action=action, dataset=action.dataset, refused=[str(one) for one in refused],
        kept=[str(one) for one in kept], ways=ways if refused else (), ended=ended,
        on_a_case=on_a_case,
    )  # fmt: skip
