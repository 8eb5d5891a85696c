"""The values that this room takes and returns: drafts of entries in, facts about the log out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A draft of an entry: the public words, and privately the requester, the case, the filters, the rows shown.

    `shown`: ids of records. `details`: other private fields. The log adds number, hour, time and commitment.
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
        """Return the private part by the names of its fields; an empty field is left out.

        Raises ValueError if a detail has the name of a field, which would make the entry ambiguous.
        """
        named = {"officer": self.officer, "case": self.case, "shown": self.shown, "filters": self.filters}
        if taken := named.keys() & self.details.keys():
            message = f"An entry's {', '.join(sorted(taken))} is a separate field, not a detail."
            raise ValueError(message)
        return {**self.details, **{name: value for name, value in named.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry for a reader: the public header, its leaf hash, and the part of the body that the reader may see."""

    number: int
    header: Mapping[str, Any]
    leaf: str
    body: Mapping[str, Any]
    erased: Sequence[str]


@dataclass(frozen=True, slots=True)
class CaseUse:
    """A case number: how often it was named, by how many people, and the newest entry that names it."""

    case: str
    asks: int
    people: int
    last: int


@dataclass(frozen=True, slots=True)
class CaseHour:
    """How often a person was answered on one case within an hour (UTC), how many records were shown, and between which entries."""

    officer: str
    case: str
    hour: str
    lookups: int
    records: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """One replay of the log: its progress, and what it found when it ended. `ok` is None while it runs."""

    id: int
    checked: int
    total: int
    ok: bool | None
    root: str
    faults: Sequence[Mapping[str, Any]]
    is_over: bool


@dataclass(frozen=True, slots=True)
class LogState:
    """The state of the log.

    `checkpoint`: the newest signed one, or "". `confirmed_epoch`: the highest epoch known to be committed.
    `unconfirmed`: changes not known to be committed, as (entry, the epoch that it would make).
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
