"""What a refusal shows: a rule, its reason and its source."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its id, its reason, its source, and what the requester can lawfully do next."""

    id: str
    because: str
    source: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and the rules that settled it."""

    allowed: bool
    rules: Sequence[Rule]

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids of the rules, in order."""
        return tuple(rule.id for rule in self.rules)
