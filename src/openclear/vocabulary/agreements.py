"""What an agreement on access has to say, what it can allow, and how long before its end a warning comes."""

from enum import StrEnum

from openclear.vocabulary.actions import RECORD_DATASETS, Dataset
from openclear.vocabulary.purposes import POLICE_WORK


class Clause(StrEnum):
    """The clauses that every agreement contains (CJIS Security Policy 5.1.1.3), in its order."""

    AUDIT = "audit"
    DISSEMINATION = "dissemination"
    HIT_CONFIRMATION = "hit-confirmation"
    LOGGING = "logging"
    QUALITY_ASSURANCE = "quality-assurance"
    SCREENING = "screening"
    SECURITY = "security"
    TIMELINESS = "timeliness"
    TRAINING = "training"
    USE = "use-of-the-system"
    VALIDATION = "validation"


class AgreementStatus(StrEnum):
    """States of an agreement. Only one in force gives access."""

    IN_FORCE = "in-force"
    TO_COME = "to-come"
    EXPIRED = "expired"
    ENDED = "ended"


# What an agreement can name. Cases are named as a reason under every agreement.
AGREED_DATASETS = tuple(dataset for dataset in RECORD_DATASETS if dataset is not Dataset.CASES)
AGREED_PURPOSES = POLICE_WORK
# Warnings begin so many days before the last day, and become more urgent.
WARNED_DAYS = (90, 30, 7)


def warned_within(days_left: int) -> int | None:
    """Return the narrowest of 90, 30 and 7 days that an agreement ends within; None if it has longer, or is over."""
    within = [days for days in WARNED_DAYS if 0 <= days_left <= days]
    return min(within) if within else None
