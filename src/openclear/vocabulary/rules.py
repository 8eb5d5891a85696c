"""What a refusal tells: a rule, why it is so, where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered sentence: why it is so, where it stands, what the asker can lawfully do next."""

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
