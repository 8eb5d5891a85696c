"""The states of orders, of acts that wait for a second person, and of saved work; each name is defined once."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """States of a cut-off order (design, section 3). Only provisional, in force and narrowed orders refuse anyone."""

    DRAFT = "draft"
    PROVISIONAL = "provisional"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    NARROWED = "narrowed"
    LIFTED = "lifted"


class ProposalStatus(StrEnum):
    """States of an act that one person proposed and that waits for a second."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class SavedStatus(StrEnum):
    """States of an export (queued, running, ready, failed, ended), an alert and a link (active, ended)."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    ACTIVE = "active"
    ENDED = "ended"
