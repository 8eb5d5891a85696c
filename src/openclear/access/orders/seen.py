"""What this database saw of the log, so that a log that was cut back or replaced is noticed."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from openclear.access.errors import LogCutBack
from openclear.access.gate.epoch import Change, change
from openclear.access.gate.order_rows import newest_states
from openclear.access.models import AgencyMove, OrderState, SeenCheckpoint
from openclear.access.registry.acts import registry_held
from openclear.audit import accepting, log
from openclear.audit.proof.notes import parse_checkpoint
from openclear.audit.queries import header_at
from openclear.audit.rows import LogState, NewEntry
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

NOTE = "not in the log that was accepted: entered again"
ONLY = 1
WAY_OUT = "Restore the audit database with the folder of keys; or two people accept it (openclear log accept-restore)."


@without_grant("runs as the city itself, when a process starts")
def compare_with_seen(state: LogState) -> None:
    """Raise LogCutBack if the log is not the one that this database saw, or lacks an order that is here."""
    seen = SeenCheckpoint.objects.filter(pk=ONLY).first()
    if seen and state.size < seen.size:
        raise LogCutBack(
            f"The log ends before entry {state.size}; this database saw {seen.size} entries of it. {WAY_OUT}"
        )
    if seen and log.root_at(seen.size) != seen.root:
        raise LogCutBack(
            f"The first {seen.size} entries of the log are not the ones that this database saw. {WAY_OUT}"
        )
    for row in _lost_orders()[:1]:
        raise LogCutBack(
            f"Order {row.order} on {row.agency} was logged as entry {row.entry}, but the log has no such order "
            f"there: the log was cut back or replaced. {WAY_OUT}"
        )
    for move in _lost_moves()[:1]:
        raise LogCutBack(
            f"Entry {move.entry} of the log should state that {move.old} became {move.new}, but does not: the log was cut back "
            f"or replaced. {WAY_OUT}"
        )


@without_grant("runs as the city itself, when a process starts")
def note_checkpoint() -> None:
    """Keep the newest signed checkpoint if it goes further than the kept one. Raises LogUnavailable."""
    note = log.state().checkpoint
    size, root = _parsed(note)
    seen = SeenCheckpoint.objects.filter(pk=ONLY).first()
    if size and (seen is None or seen.size < size):
        _keep(size, root, note)


@without_grant("runs as the city itself, when a process starts")
def newest_seen() -> tuple[int, str] | None:
    """Return size and root of the kept checkpoint, or None."""
    seen = SeenCheckpoint.objects.filter(pk=ONLY).first()
    return (seen.size, seen.root) if seen else None


def accept_log(grant: Grant, *, approval: Grant, reason: str) -> list[str]:
    """Accept the stored log as the one that counts, as two people decided; return one sentence for each thing done.

    The log says from what to what. Orders and moves that it lacks are entered again as they are here. Raises NotPossible
    if one person acts for two (nothing can be logged before), if nothing disagrees, or if the stored log does not
    even agree with itself.
    """
    grant.require(Action.LOG_RESTORE)
    approval.require(Action.LOG_RESTORE)
    if grant.officer == approval.officer:
        raise NotPossible("Two different people must accept a restored log.")
    said = NewEntry(
        "head", "none", agencies=grant.agencies, action=grant.action, dataset=grant.action.dataset,
        purpose=grant.purpose, epoch=grant.epoch,
        officer=grant.officer, details={"approved_by": approval.officer, "reason": reason},
    )  # fmt: skip
    # As it is: the log accepts nothing yet, so nothing can be completed from it.
    with registry_held(as_it_is=True):
        lacking = bool(_lost_orders() or _lost_moves())
        entry, left_out = accepting.accept(
            settings.KEYS_FOLDER, said=said, seen=newest_seen(), needed=lacking
        )
        # A crash on this line leaves an accepted log that this database does not know: it is accepted again.
        foreign = [
            f"The checkpoint over {size} entries was not signed with this log's key; it is left out."
            for size in left_out
        ]
        return [f"The log is accepted as it is; entry {entry} records this.", *foreign, *_take_accepted()]


def _take_accepted() -> list[str]:
    note = log.checkpoint()
    _keep(*_parsed(note), note)
    done = []
    for move in _lost_moves():
        with change("recovery", (), Action.LOG_RESTORE) as under_way:
            facts = {"change": move.kind, "agency": move.new, "from": move.old}
            entry = under_way.entry("registry", {"registry": facts}, {"note": NOTE})
            AgencyMove.objects.filter(pk=move.pk).update(entry=entry)
        done.append(f"The log did not state that {move.old} became {move.new}; this is entered again.")
    for row in _lost_orders():
        with change("recovery", (), Action.LOG_RESTORE) as under_way:
            _repeat(under_way, row)
        done.append(f"Order {row.order} on {row.agency} was not in the log; it is entered again.")
    return done


def _repeat(under_way: Change, row: OrderState) -> None:
    facts = {name: getattr(row, name) for name in ("agency", "state", "scope", "purposes")}
    signed = {name: getattr(row, name) for name in ("ordered_by", "approved_by", "document", "public_basis")}
    body = {"ground": row.legal_basis, **signed, "review_on": str(row.review_on or ""), "note": NOTE}
    entry = under_way.entry("order", {"order": {"id": row.order, **facts}}, body)
    OrderState.objects.create(
        order=row.order,
        **facts,
        **signed,
        legal_basis=row.legal_basis,
        review_on=row.review_on,
        moment=clock.now(),
        epoch=under_way.epoch,
        entry=entry,
    )


def _lost_orders() -> list[OrderState]:
    return [row for row in newest_states() if header_at(row.entry).get("order", {}).get("id") != row.order]


def _lost_moves() -> list[AgencyMove]:
    return [row for row in AgencyMove.objects.order_by("pk") if not _states(header_at(row.entry), row)]


def _states(header: Mapping[str, Any], move: AgencyMove) -> bool:
    facts = header.get("registry", {})
    return bool((facts.get("from"), facts.get("agency")) == (move.old, move.new))


def _parsed(note: str) -> tuple[int, str]:
    if not note:
        return 0, ""
    checkpoint = parse_checkpoint(note)
    return checkpoint.size, checkpoint.root.hex()


def _keep(size: int, root: str, note: str) -> None:
    SeenCheckpoint.objects.update_or_create(pk=ONLY, defaults={"size": size, "root": root, "note": note})
