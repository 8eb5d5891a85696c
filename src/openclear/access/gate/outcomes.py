"""How long acts ended: the entry of each. It shows nothing to anyone, so it is never refused, also under an order."""

from collections.abc import Mapping
from typing import Any

from openclear.access.gate.requesters import read_requester
from openclear.access.gate.standing import read_standing
from openclear.access.policy.rules import agencies_of
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant, Receipt
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant


@without_grant("part of the gate, which makes the grants")
def log_outcome(
    grant: Grant, *, attempt: Receipt, details: Mapping[str, Any], failed: bool = False
) -> Receipt:
    """Log how a long act ended. It shows nothing to anyone, so it is never refused."""
    return log.append(
        NewEntry(
            "outcome",
            "error" if failed else "none",
            agencies=grant.agencies,
            action=grant.action,
            dataset=grant.action.dataset,
            purpose=grant.purpose,
            epoch=grant.epoch,
            attempt=attempt.entry,
            officer=grant.officer,
            details=details,
        )  # fmt: skip
    )


@without_grant("part of the gate, which makes the grants")
def log_ending(
    officer: str, action: Action, purpose: Purpose, *, attempt: int, details: Mapping[str, Any]
) -> Receipt:
    """Log that a long act came to nothing when there is no grant any more: an order came, or its process died.

    `attempt`: the entry whose outcome this is. Raises LogUnavailable.
    """
    return log.append(
        NewEntry(
            "outcome",
            "error",
            agencies=agencies_of([read_requester(officer)], clock.today()),
            action=action,
            dataset=action.dataset,
            purpose=purpose,
            epoch=read_standing().epoch,
            attempt=attempt,
            officer=officer,
            details=details,
        )  # fmt: skip
    )
