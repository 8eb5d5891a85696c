"""How orders and registry change: first the log, then the database, and the epoch rises.

Changes have the same sequence in the log as their epochs, because the epoch's row is locked from before the entry
until after the commit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from openclear.access.models import CommittedEpoch, Epoch
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant


@dataclass
class Change:
    """A change under way: its new epoch, and who makes it. `orders_before`: how many orders the log held."""

    epoch: int
    officer: str
    agencies: tuple[str, ...]
    action: Action
    orders_before: int = 0
    entries: list[int] = field(default_factory=list)
    orders: set[int] = field(default_factory=set)

    def entry(self, kind: str, extra: Mapping[str, Any], details: Mapping[str, Any]) -> int:
        """Append the entry of one step, durably, and return its number. Raises LogUnavailable."""
        receipt = log.append(self._new_entry(kind, extra=extra, officer=self.officer, details=details))
        self.entries.append(receipt.entry)
        if kind == "order":
            self.orders.add(receipt.entry)
        return receipt.entry

    def confirm(self) -> None:
        """Say in the log that the change was committed, entry by entry."""
        for entry in self.entries:
            log.append(self._new_entry("outcome", attempt=entry))

    def void(self) -> None:
        """Say in the log that the change was not committed; an order still stands, and is completed later."""
        for entry in self.entries:
            if entry not in self.orders:
                log.append(
                    self._new_entry(
                        "outcome", decision="error", attempt=entry, details={"note": "not committed: void"}
                    )
                )

    def _new_entry(self, kind: str, *, decision: str = "none", **more: Any) -> NewEntry:
        return NewEntry(
            kind=kind,
            decision=decision,
            agencies=self.agencies,
            action=self.action,
            dataset=self.action.dataset,
            purpose=Purpose.ACCESS_ADMINISTRATION,
            epoch=self.epoch,
            **more,
        )


@without_grant("part of the gate, which makes the grants")
@contextmanager
def change(officer: str, agencies: tuple[str, ...], action: Action) -> Iterator[Change]:
    """Open a change; what the block writes is committed with the new epoch, or not at all.

    A crash inside leaves an entry without a change: an order is then completed at the next start,
    anything else is void, and the log says so.
    """
    under_way = Change(0, officer, agencies, action)
    try:
        with transaction.atomic():
            row = Epoch.objects.select_for_update().get()
            # No epoch is claimed twice: one whose change failed stays unused.
            state = log.state()
            under_way.epoch, under_way.orders_before = (
                max(row.value, state.claimed_epoch) + 1,
                len(state.orders),
            )
            yield under_way
            row.value = under_way.epoch
            row.save(update_fields=["value"])
            CommittedEpoch.objects.create(value=row.value)
    except Exception:
        under_way.void()
        raise
    # Committed, but not yet confirmed: the next start finds the epoch among the committed ones.
    under_way.confirm()


@without_grant("part of the gate, which makes the grants")
@contextmanager
def change_by(grant: Grant) -> Iterator[Change]:
    """Open a change in the name of the holder of `grant`."""
    with change(grant.officer, grant.agencies, grant.action) as under_way:
        yield under_way
