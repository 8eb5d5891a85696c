"""What a person may ask the system to do. One word an act; nothing is done that has no word here."""

from enum import StrEnum


class Dataset(StrEnum):
    """The kinds of rows that a rule can speak of, and that an order's scope can name."""

    ARRESTS = "arrests"
    CASES = "cases"
    DECISIONS = "decisions"
    DESK = "desk"
    INCIDENTS = "incidents"
    LOG = "log"
    ORDERS = "orders"
    PEOPLE = "people"
    REGISTRY = "registry"
    VEHICLES = "vehicles"


class Action(StrEnum):
    """Every act that the gate can be asked for, as `object.verb`."""

    ACCOUNT_RELEASE = "account.release"
    ANALYSIS_ASK = "analysis.ask"
    ARREST_SEARCH = "arrest.search"
    ARREST_VIEW = "arrest.view"
    ALERT_KEEP = "alert.keep"
    CASE_CONFIRM = "case.confirm"
    CASE_LIST = "case.list"
    CASE_REGISTER = "case.register"
    CASE_SHARE = "case.share"
    CASE_VIEW = "case.view"
    DECISION_EXPLAIN = "decision.explain"
    DECISION_EXPLAIN_OTHERS = "decision.explain-others"
    DESK_OPEN = "desk.open"
    BOUNDARY_KEEP = "boundary.keep"
    EDITION_MAKE = "edition.make"
    EXPORT_KEEP = "export.keep"
    INCIDENT_SEARCH = "incident.search"
    INCIDENT_VIEW = "incident.view"
    LINK_KEEP = "link.keep"
    LOG_ERASE = "log.erase"
    LOG_EXPORT = "log.export"
    LOG_EXPORT_BODIES = "log.export-bodies"
    LOG_RESTORE = "log.restore"
    LOG_VIEW = "log.view"
    LOG_VIEW_ALL = "log.view-all"
    LOG_VIEW_OWN = "log.view-own"
    ORDER_CUT_OFF = "order.cut-off"
    ORDER_LIFT = "order.lift"
    OVERSIGHT_ACCOUNT = "oversight.account"
    PERSON_SEARCH = "person.search"
    PERSON_VIEW = "person.view"
    RECORD_SEAL = "record.seal"
    RECORDS_IMPORT = "records.import"
    REGISTRY_CHANGE = "registry.change"
    REGISTRY_LIST = "registry.list"
    TOKEN_CREATE = "token.create"  # noqa: S105 - the name of an act, not a secret
    TOKEN_OWN = "token.own"  # noqa: S105 - the name of an act, not a secret
    VEHICLE_SEARCH = "vehicle.search"
    VEHICLE_VIEW = "vehicle.view"


DATASET_OF: dict[Action, Dataset] = {
    Action.ACCOUNT_RELEASE: Dataset.REGISTRY,
    Action.ANALYSIS_ASK: Dataset.INCIDENTS,
    Action.ARREST_SEARCH: Dataset.ARRESTS,
    Action.ARREST_VIEW: Dataset.ARRESTS,
    Action.ALERT_KEEP: Dataset.DESK,
    Action.CASE_CONFIRM: Dataset.CASES,
    Action.CASE_LIST: Dataset.CASES,
    Action.CASE_REGISTER: Dataset.CASES,
    Action.CASE_SHARE: Dataset.CASES,
    Action.CASE_VIEW: Dataset.CASES,
    Action.DECISION_EXPLAIN: Dataset.DECISIONS,
    Action.DECISION_EXPLAIN_OTHERS: Dataset.DECISIONS,
    Action.DESK_OPEN: Dataset.DESK,
    Action.BOUNDARY_KEEP: Dataset.INCIDENTS,
    Action.EDITION_MAKE: Dataset.INCIDENTS,
    Action.EXPORT_KEEP: Dataset.DESK,
    Action.INCIDENT_SEARCH: Dataset.INCIDENTS,
    Action.INCIDENT_VIEW: Dataset.INCIDENTS,
    Action.LINK_KEEP: Dataset.DESK,
    Action.LOG_ERASE: Dataset.LOG,
    Action.LOG_EXPORT: Dataset.LOG,
    Action.LOG_EXPORT_BODIES: Dataset.LOG,
    Action.LOG_RESTORE: Dataset.LOG,
    Action.LOG_VIEW: Dataset.LOG,
    Action.LOG_VIEW_ALL: Dataset.LOG,
    Action.LOG_VIEW_OWN: Dataset.LOG,
    Action.ORDER_CUT_OFF: Dataset.ORDERS,
    Action.ORDER_LIFT: Dataset.ORDERS,
    Action.OVERSIGHT_ACCOUNT: Dataset.REGISTRY,
    Action.PERSON_SEARCH: Dataset.PEOPLE,
    Action.PERSON_VIEW: Dataset.PEOPLE,
    Action.RECORD_SEAL: Dataset.INCIDENTS,
    Action.RECORDS_IMPORT: Dataset.INCIDENTS,
    Action.REGISTRY_CHANGE: Dataset.REGISTRY,
    Action.REGISTRY_LIST: Dataset.REGISTRY,
    Action.TOKEN_CREATE: Dataset.REGISTRY,
    Action.TOKEN_OWN: Dataset.DESK,
    Action.VEHICLE_SEARCH: Dataset.VEHICLES,
    Action.VEHICLE_VIEW: Dataset.VEHICLES,
}
RECORD_DATASETS = (
    Dataset.PEOPLE,
    Dataset.INCIDENTS,
    Dataset.ARRESTS,
    Dataset.VEHICLES,
    Dataset.CASES,
)
