"""Proposals as they leave the room, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclear.access.proposed import ActDraft


@dataclass(frozen=True, slots=True)
class ProposalRow(ActDraft):
    """An act that was proposed. `about`: the id of what it changes, or of its result.

    `plan`, `meaning`: what it meant when it was proposed, and the digest of that.
    """

    id: int
    proposed_by: str
    proposed: datetime
    state: str
    decided_by: str
    plan: Mapping[str, Any]
    meaning: str
