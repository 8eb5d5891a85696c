"""What can be put before a second person. The folder that does an act declares its kind; `config/wiring` registers them all."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class ActDraft:
    """An act that is proposed. `agency`: whom it concerns; `about`: the id of what it changes, or ""; `facts`: what else it takes, as JSON."""

    kind: str
    agency: str
    about: str
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an act means. `told`: lists of words by heading, as the desk shows and compares them; `meaning`: their digest."""

    told: Mapping[str, Any]
    meaning: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return what is told, with its digest."""
        spelled = json.dumps(told, sort_keys=True).encode()
        return cls(told, sha256(spelled).hexdigest()[:16])

    def differs_from(self, before: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
        """Return what was added and removed since `before`: (heading, added, removed)."""
        found = []
        for heading in self.told:
            now, then = _words(self.told[heading]), _words(before.get(heading, []))
            came, went = sorted(now - then), sorted(then - now)
            if came or went:
                found.append((heading, came, went))
        return found


def _words(value: Any) -> set[str]:
    return {" ".join(item) if isinstance(item, list | tuple) else str(item) for item in value}


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Who carries an act out: its proposer's grant, decided again; the second person's grant; the number of the proposal."""

    first: Grant
    approval: Grant
    proposal: int


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act that takes two people.

    `proposed_by`: what its first person holds a grant for. `approved_by`: what its second person asks for. `check`: raises
    if it cannot be proposed, and returns what the entry says of it. `means`: what it means now. `first`:
    what a proposer, by handle, is decided on again. `carry_out`: does it, and returns its receipts if it has any.
    `decides_itself`: it notes the outcome of the proposal in its own transaction.
    """

    name: str
    proposed_by: tuple[Action, ...]
    approved_by: Action
    check: Callable[[Grant, ActDraft], Mapping[str, Any]]
    means: Callable[[ActDraft], Consequence]
    first: Callable[[str], tuple[Action, Purpose]]
    carry_out: Callable[[ActDraft, TwoPeople], Sequence[Any]]
    decides_itself: bool = False


class ActKinds:
    """The kinds that this process knows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kinds: Mapping[str, ActKind] = {}

    def register(self, kinds: Iterable[ActKind]) -> None:
        """Set what the folders above declare."""
        self._kinds = {kind.name: kind for kind in kinds}

    def of(self, name: str) -> ActKind:
        """Return the kind of this name. Raises WrongUsage if there is none."""
        if name not in self._kinds:
            raise WrongUsage(
                f"'{name}' is not an act that takes two people; those are {', '.join(self._kinds)}."
            )
        return self._kinds[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all kinds."""
        return tuple(self._kinds)

    @property
    def approved_by(self) -> tuple[Action, ...]:
        """What second persons ask for, for all kinds."""
        return tuple(dict.fromkeys(kind.approved_by for kind in self._kinds.values()))

    @property
    def decided_by(self) -> tuple[Action, ...]:
        """What those who decide on a proposal, or take it back, hold a grant for."""
        also = (action for kind in self._kinds.values() for action in kind.proposed_by)
        return tuple(dict.fromkeys((*self.approved_by, *also)))


kinds = ActKinds()
