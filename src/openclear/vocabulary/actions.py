"""What a person may ask the system to do. Each act is a member; no other act can be asked for."""

from enum import StrEnum
from typing import Self


class Dataset(StrEnum):
    """The kinds of rows that a rule can cover and an order's scope can name; records first."""

    is_of_records: bool

    def __new__(cls, word: str, is_of_records: bool = False) -> Self:  # noqa: FBT001, FBT002 - the members name it
        """Make one member: its name, and whether its rows are records."""
        dataset = str.__new__(cls, word)
        dataset._value_ = word
        dataset.is_of_records = is_of_records
        return dataset

    PEOPLE = "people", True
    INCIDENTS = "incidents", True
    ARRESTS = "arrests", True
    VEHICLES = "vehicles", True
    PROPERTY = "property", True
    CASES = "cases", True
    DECISIONS = "decisions"
    DESK = "desk"
    LOG = "log"
    ORDERS = "orders"
    REGISTRY = "registry"


class Action(StrEnum):
    """Every act that the gate can be asked for, as `object.verb`, with the data set that it reads or changes."""

    dataset: Dataset

    def __new__(cls, word: str, dataset: Dataset) -> Self:
        """Make one member: its name, and its data set."""
        action = str.__new__(cls, word)
        action._value_ = word
        action.dataset = dataset
        return action

    ACCOUNT_RELEASE = "account.release", Dataset.REGISTRY
    ANALYSIS_ASK = "analysis.ask", Dataset.INCIDENTS
    ARREST_SEARCH = "arrest.search", Dataset.ARRESTS
    ARREST_VIEW = "arrest.view", Dataset.ARRESTS
    ALERT_KEEP = "alert.keep", Dataset.DESK
    CASE_CONFIRM = "case.confirm", Dataset.CASES
    CASE_LIST = "case.list", Dataset.CASES
    CASE_REGISTER = "case.register", Dataset.CASES
    CASE_SHARE = "case.share", Dataset.CASES
    CASE_VIEW = "case.view", Dataset.CASES
    DECISION_EXPLAIN = "decision.explain", Dataset.DECISIONS
    DECISION_EXPLAIN_OTHERS = "decision.explain-others", Dataset.DECISIONS
    DESK_OPEN = "desk.open", Dataset.DESK
    BOUNDARY_KEEP = "boundary.keep", Dataset.INCIDENTS
    EDITION_MAKE = "edition.make", Dataset.INCIDENTS
    EXPORT_KEEP = "export.keep", Dataset.DESK
    INCIDENT_SEARCH = "incident.search", Dataset.INCIDENTS
    INCIDENT_VIEW = "incident.view", Dataset.INCIDENTS
    LINK_KEEP = "link.keep", Dataset.DESK
    LOG_ERASE = "log.erase", Dataset.LOG
    LOG_EXPORT = "log.export", Dataset.LOG
    LOG_EXPORT_BODIES = "log.export-bodies", Dataset.LOG
    LOG_RESTORE = "log.restore", Dataset.LOG
    LOG_VIEW = "log.view", Dataset.LOG
    LOG_VIEW_ALL = "log.view-all", Dataset.LOG
    LOG_VIEW_OWN = "log.view-own", Dataset.LOG
    ORDER_CUT_OFF = "order.cut-off", Dataset.ORDERS
    ORDER_LIFT = "order.lift", Dataset.ORDERS
    OVERSIGHT_ACCOUNT = "oversight.account", Dataset.REGISTRY
    PERSON_SEARCH = "person.search", Dataset.PEOPLE
    PERSON_VIEW = "person.view", Dataset.PEOPLE
    PROPERTY_SEARCH = "property.search", Dataset.PROPERTY
    PROPERTY_VIEW = "property.view", Dataset.PROPERTY
    RECORD_SEAL = "record.seal", Dataset.INCIDENTS
    RECORDS_IMPORT = "records.import", Dataset.INCIDENTS
    REGISTRY_CHANGE = "registry.change", Dataset.REGISTRY
    REGISTRY_LIST = "registry.list", Dataset.REGISTRY
    STOP_END = "stop.end", Dataset.CASES
    STOP_IDENTIFY = "stop.identify", Dataset.PEOPLE
    STOP_START = "stop.start", Dataset.CASES
    TOKEN_CREATE = "token.create", Dataset.REGISTRY
    TOKEN_OWN = "token.own", Dataset.DESK
    VEHICLE_SEARCH = "vehicle.search", Dataset.VEHICLES
    VEHICLE_VIEW = "vehicle.view", Dataset.VEHICLES


RECORD_DATASETS = tuple(dataset for dataset in Dataset if dataset.is_of_records)
# Every search for records: each may name a case, and shows the cases that can be named.
SEARCHES = tuple(action for action in Action if action.endswith(".search"))
# Opening one record of each searchable kind.
VIEWS = tuple(
    action
    for action in Action
    if action.endswith(".view") and action.dataset in {search.dataset for search in SEARCHES}
)
