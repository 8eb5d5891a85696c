"""Compares log and database, at the start and before every act. A cut-off in the log is completed; what was not committed is void."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from django.db import transaction

from openclear.access.errors import OlderThanLog
from openclear.access.gate.epoch import Change
from openclear.access.gate.order_rows import is_blocking, newest_states, row_of, rows_of
from openclear.access.gate.standing import read_standing
from openclear.access.models import CommittedEpoch, Epoch, OrderPlace, OrderState
from openclear.access.orders import UNKNOWN_AUTHOR
from openclear.access.orders.change import decide_proposals, finish_unproved, unproved
from openclear.access.orders.seen import compare_with_seen, note_checkpoint
from openclear.access.policy.facts import OrderRow
from openclear.access.registry.acts import registry_held
from openclear.access.registry.lockout import safeguard
from openclear.access.registry.ties import end_ties_under
from openclear.audit import log
from openclear.audit.queries import newest_entry_of_order, stated_by_order
from openclear.audit.rows import LogState, NewEntry
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
# What log and database both say about an order's state, in the same words.
_OF_A_STATE = ("state", "scope", "purposes")


@without_grant("runs as the city itself, when a process starts")
def reconcile() -> list[str]:
    """Make the database hold every order that the log holds, and return one sentence for each thing done.

    Raises LogCutBack if the log lacks what this database saw of it, OlderThanLog if the database lacks changes that
    were surely committed: a backup was restored, and serving it could bring ended access back.
    """
    with registry_held(as_it_is=True):
        done = _completed(compare=True)
    note_checkpoint()
    return done


class CrashRecovery:
    """The port `access.ports.Recovery`: every act calls it before its first line."""

    def catch_up(self) -> list[str]:
        """Complete what an act that died left in the log alone, and its proof. Raises OlderThanLog."""
        return catch_up()


@without_grant("runs as the city itself, when a process starts")
def catch_up() -> list[str]:
    """Complete what an act that died left in the log alone, and its proof; return one sentence for each thing done.

    Within the lock of all acts, before any other condition: nobody acts on a registry that lacks an order. Run by every
    act first, and by the worker every minute. Raises OlderThanLog as `reconcile` does.
    """
    if _is_complete():
        return []
    done = _completed(compare=False)
    for sentence in done:
        alarm.critical("%s", sentence)
    return [*done, *finish_unproved()]


def _is_complete() -> bool:
    # Nearly always so, and every act checks it first: one read of both, without a transaction, for nobody else acts now.
    state, rows = log.state(), newest_states()
    epoch = Epoch.objects.values_list("value", flat=True).first()
    return epoch is not None and state.confirmed_epoch <= epoch and _agree(state, rows) and not unproved(rows)


def _completed(*, compare: bool) -> list[str]:
    with transaction.atomic():
        row = Epoch.objects.select_for_update().first()
        if row is None:
            return []
        state = log.state()
        if compare:
            compare_with_seen(state)
        if state.confirmed_epoch > row.value:
            message = (
                f"The database is at epoch {row.value}, the log at {state.confirmed_epoch}: an older backup was "
                "restored. Restore the newest one, or have two approvers confirm the registry again."
            )
            raise OlderThanLog(message)
        if _agree(state, newest_states()):
            return []
        before = safeguard(read_standing())
        # After every epoch that was ever claimed; each completed act has its own, as when it is given.
        epochs = count(max(row.value, state.claimed_epoch) + 1)
        done = _complete_orders(state, row.value, epochs) + _void_changes(state, row.value)
        if done:
            row.value = next(epochs)
            row.save(update_fields=["value"])
            if safeguard(read_standing()).is_too_little_after(before):
                alarm.critical(
                    "an order that the log held leaves too few who can lift one, or nobody who watches"
                )
    return done


def _agree(state: LogState, rows: Sequence[OrderState]) -> bool:
    here = {row.order: row for row in rows}
    return not state.unconfirmed and all(
        identity in here and all(order[name] == getattr(here[identity], name) for name in _OF_A_STATE)
        for identity, order in state.orders.items()
    )


def _complete_orders(state: LogState, epoch: int, epochs: Iterator[int]) -> list[str]:
    done = []
    rows = {row.id: row for row in rows_of(newest_states())}
    for identity, order in state.orders.items():
        here = rows.get(identity)
        if here is None and is_blocking(order["state"]):
            _complete(identity, state, epoch, next(epochs))
            done.append(
                f"Order {identity} on {order['agency']} was in the log but was not committed; it is completed now."
            )
        elif here is None or _is_same(order, here):
            continue
        elif _weakens(order, here):
            _void_weakening(here, epoch, next(epochs))
            done.append(
                f"What the log says of order {identity} ({order['state']}) was not committed: it is void, and the order stays {here.state}."
            )
        else:
            _complete(identity, state, epoch, next(epochs))
            done.append(
                f"Order {identity} on {order['agency']} was {order['state']} only in the log; this is completed now."
            )
    return done


def _is_same(order: Mapping[str, Any], here: OrderRow) -> bool:
    header = here.header()
    return all(order[name] == header[name] for name in _OF_A_STATE)


def _weakens(order: Mapping[str, Any], here: OrderRow) -> bool:
    # Lifted, suspended or narrowed in the log alone: the database still enforces the wider one.
    header = here.header()
    return not is_blocking(order["state"]) or (
        is_blocking(here.state) and any(order[name] != header[name] for name in ("scope", "purposes"))
    )


def _complete(identity: str, state: LogState, epoch: int, own: int) -> None:
    # `epoch`: the one until now; `own`: the order's from here on.
    facts = state.orders[identity]
    entry = newest_entry_of_order(identity, [number for number, _ in state.unconfirmed])
    entry = state.order_entries[identity] if entry is None else entry
    said = stated_by_order(entry)
    review = said.get("review_on")
    completed = OrderState.objects.create(
        order=identity, agency=facts["agency"], state=facts["state"], scope=facts["scope"],
        purposes=facts["purposes"], legal_basis=said.get("ground", f"order in log entry {entry}"),
        ordered_by=said.get("ordered_by", UNKNOWN_AUTHOR), approved_by=said.get("approved_by", UNKNOWN_AUTHOR),
        review_on=date.fromisoformat(review) if review else None, document=said.get("document", ""),
        public_basis=said.get("public_basis", ""),
        moment=clock.now(), epoch=own, entry=entry,
    )  # fmt: skip
    for place in {*state.places.get(identity, ())} - {facts["agency"]}:
        # At the places where the log's own rule has it: an agency may have moved before the order was known here.
        OrderPlace.objects.get_or_create(order=identity, agency=place)
    log.append(
        NewEntry("outcome", "none", epoch=epoch, attempt=entry, details={"note": "completed at the start"})
    )
    _complete_rest(row_of(completed), said, own)


def _complete_rest(order: OrderRow, said: Mapping[str, str], own: int) -> None:
    # What was to be one act with the order: ties of the city's own people, and the proposal that it came from.
    under_way = Change(own, "recovery", (), Action.ORDER_CUT_OFF)
    end_ties_under(under_way, order, said.get("end_ties", "").split(), said.get("approved_by", ""))
    under_way.confirm()
    through = said.get("through", "")
    decide_proposals(order, said.get("approved_by", UNKNOWN_AUTHOR), int(through) if through else None)


def _void_weakening(order: OrderRow, epoch: int, own: int) -> None:
    under_way = Change(own, "recovery", (), Action.ORDER_CUT_OFF)
    entry = under_way.entry(
        "order", {"order": order.header()}, {"ground": order.legal_basis, "note": "the weakening is void"}
    )
    log.append(
        NewEntry("outcome", "none", epoch=epoch, attempt=entry, details={"note": "as the database has it"})
    )


def _void_changes(state: LogState, epoch: int) -> list[str]:
    rows = OrderState.objects.filter(entry__in=[number for number, _ in state.unconfirmed])
    completed = {*state.order_entries.values(), *rows.values_list("entry", flat=True)}
    committed = set(CommittedEpoch.objects.values_list("value", flat=True))
    void = [
        entry for entry, claimed in state.unconfirmed if claimed not in committed and entry not in completed
    ]
    for entry in void:
        log.append(
            NewEntry("outcome", "error", epoch=epoch, attempt=entry, details={"note": "not committed: void"})
        )
    return [f"Entry {entry} was not committed: it is void." for entry in void]
