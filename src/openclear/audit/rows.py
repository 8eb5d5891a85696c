"""What crosses the border of this room: drafts of entries going in, facts of the log going out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be: the public words, and privately who asked, on which case, what narrowed it, which rows were shown.

    `shown`: ids of records. `details`: whatever else is kept privately. The log adds number, hour, time and commitment.
    """

    kind: str
    decision: str
    agencies: Sequence[str] = ()
    action: str = "none"
    dataset: str = "none"
    purpose: str = "none"
    rules: Sequence[str] = ()
    epoch: int = 0
    attempt: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    officer: str | None = None
    case: str | None = None
    shown: Sequence[str] | None = None
    filters: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the private part by the names of its fields; a field that was left out is not in it.

        Raises ValueError where a detail has the name of one of the fields: two readings of one entry at once.
        """
        named = {"officer": self.officer, "case": self.case, "shown": self.shown, "filters": self.filters}
        if taken := named.keys() & self.details.keys():
            message = f"An entry's {', '.join(sorted(taken))} is a field of its own, not a detail."
            raise ValueError(message)
        return {**self.details, **{name: value for name, value in named.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as a person reads it: the public header, its leaf hash, and of the body what the reader may see."""

    number: int
    header: Mapping[str, Any]
    leaf: str
    body: Mapping[str, Any]
    erased: Sequence[str]


@dataclass(frozen=True, slots=True)
class CaseUse:
    """How often a case number was named, by how many people, and the newest entry that names it."""

    case: str
    asks: int
    people: int
    last: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """One replay of the log: how far it is, and what it found when it ended. `ok` is None while it runs."""

    id: int
    checked: int
    total: int
    ok: bool | None
    root: str
    faults: Sequence[Mapping[str, Any]]
    is_over: bool


@dataclass(frozen=True, slots=True)
class LogState:
    """What the log knows of itself. `checkpoint`: the newest signed one, or "". `confirmed_epoch`: the highest epoch that was surely committed.

    `unconfirmed`: changes that nothing shows as committed, as (entry, the epoch that it would make).
    """

    size: int
    root: str
    checkpoint: str
    confirmed_epoch: int
    claimed_epoch: int
    orders: Mapping[str, Mapping[str, Any]]
    order_entries: Mapping[str, int]
    places: Mapping[str, Sequence[str]]
    unconfirmed: Sequence[tuple[int, int]]
