"""How an answer leaves: decided again under the barrier, logged, stamped, handed over."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from openclear.access import barrier
from openclear.access.barrier import Hold, command_holds
from openclear.access.errors import NotAnswered, RecordsChanged
from openclear.access.gate.decide import Decision, decide
from openclear.access.gate.entries import answer_entry, logged_refusal, refusal_of, refused_by_log
from openclear.access.gate.standing import read_standing
from openclear.access.policy.facts import Standing
from openclear.access.ports import ports
from openclear.audit import log
from openclear.audit.errors import RefusedByOrder
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Grant, Receipt, RefusalReceipt
from openclear.vocabulary.rules import Rule, Verdict
from openclear.vocabulary.without_grant import without_grant

LARGEST_ANSWER = 1 << 20
LARGEST_RETRIES = 3
Answer = tuple[Grant, Sequence[UUID]]
# Answers about these show no record.
_APART = frozenset({Dataset.LOG, Dataset.ORDERS, Dataset.REGISTRY})
# A new token shows no record, though it is requested at one's own desk; oversight's questions to the log may be about one.
_TELLS_NOTHING, _TELLS = frozenset({Action.TOKEN_OWN}), frozenset({Action.LOG_VIEW_ALL})
_SEE_OTHER = 303
_CHANGED = Rule(
    "rules-changed",
    "The rules that apply to you changed while this was being answered",
    "Design of OpenCLEAR, section 3: decided again at release",
    "Ask again.",
)


@without_grant("part of the gate, which makes the grants")
def release(grant: Grant, response: Any, shown: Sequence[UUID]) -> Any:
    """Release one answer: what `Grant.release` does. Raises Refused, NotAnswered, RecordsChanged, LogUnavailable."""
    return release_together(response, [(grant, shown)])


@without_grant("part of the gate, which makes the grants")
def release_together(response: Any, answers: Sequence[Answer]) -> Any:
    """Release one response to several requests of one person: each decided again, each with its entry.

    All or nothing: if one request is refused now, the response does not leave. Raises RecordsChanged if records
    were sealed since one of them was decided, for what was read then may show them.
    """
    if isinstance(response, HttpResponse):
        _check_bounded(response)
    telling = [grant for grant, _ in answers if _tells_of_records(grant, response)]
    decisions, hold = _held_decisions([grant for grant, _ in answers], telling)
    new_entries = [
        answer_entry(grant, decision, shown)
        for (grant, shown), decision in zip(answers, decisions, strict=True)
    ]
    try:
        receipts = log.append_all(new_entries)
    except RefusedByOrder as error:
        hold.release()
        refused_grant, decision = answers[error.place][0], decisions[error.place]
        raise refused_by_log(refused_grant, decision, error.order) from None
    except BaseException:
        hold.release()
        raise
    if not isinstance(response, HttpResponse):
        # A command's answer is printed by its own process, which lets go when it ends; an alert's is carried by its line.
        command_holds.keep(hold)
        return response
    for (grant, _), receipt in zip(answers, receipts, strict=True):
        response = _with_receipt(response, grant.receipt_marker, receipt)
    return stamp(response, receipts[0], hold)


@without_grant("part of the gate, which makes the grants")
def hold_for(grant: Grant) -> Hold:
    """Return the hold for the page of a mistake found while `grant` was used: its words may tell of records.

    Decided again, as an answer is. Raises Refused, RecordsChanged, NotAnswered.
    """
    return _held_decisions([grant], [grant] if _tells_of_records(grant, None) else [])[1]


def _held_decisions(grants: Sequence[Grant], telling: Sequence[Grant]) -> tuple[list[Decision], Hold]:
    # First the hold, then the decision: an order, a sealing or a change of the person's ties that comes later waits.
    agencies = _all_agencies(grants)
    for _ in range(LARGEST_RETRIES):
        hold = barrier.shared(agencies, _people(grants[0]), records=bool(telling))
        try:
            standing = read_standing()
            _check_unsealed(telling, standing)
            decisions = [_decided_again(grant, standing) for grant in grants]
        except BaseException:
            hold.release()
            raise
        if _all_agencies(decisions) == agencies:
            return decisions, hold
        hold.release()
        agencies = _all_agencies(decisions)
    raise NotAnswered("Your affiliations are being changed; try again in a moment.")


def _tells_of_records(grant: Grant, response: Any) -> bool:
    # An act only redirects to the page that shows its outcome, which is a separate request.
    only_leads = isinstance(response, HttpResponse) and response.status_code == _SEE_OTHER
    of_records = grant.action.dataset not in _APART and grant.action not in _TELLS_NOTHING
    return (of_records or grant.action in _TELLS) and not only_leads


def _check_unsealed(grants: Sequence[Grant], standing: Standing) -> None:
    # By the count of sealings, not by the ids shown: counts, flags and figures tell of rows without their ids.
    if any(grant.sealings != standing.sealings for grant in grants):
        raise RecordsChanged("Records were sealed while this was being answered; ask again.")


@without_grant("part of the gate, which makes the grants")
@contextmanager
def records_held() -> Iterator[int]:
    """Have sealings wait while something made from records becomes public; yield their number now.

    A caller that compares it with the number before the records were read knows if one was sealed since. Raises NotAnswered.
    """
    hold = barrier.shared((), records=True)
    try:
        yield read_standing().sealings
    finally:
        hold.release()


def _people(grant: Grant) -> list[str]:
    return [grant.officer, *filter(None, [grant.inquiry.through])]


def _all_agencies(decided: Sequence[Grant] | Sequence[Decision]) -> tuple[str, ...]:
    return tuple(sorted({agency for one in decided for agency in one.agencies}))


@without_grant("part of the gate, which makes the grants")
def recheck(grant: Grant, *others: Grant) -> Decision:
    """Decide again, under the orders and the case as they are now. Raises Refused, logged, if it became no.

    For long acts: a case that was closed or unshared in the meantime ends them. `others`: decided with it.
    """
    standing = read_standing()
    decision, *_ = [_decided_again(_on_its_ground(each), standing) for each in (grant, *others)]
    return decision


def _on_its_ground(grant: Grant) -> Grant:
    case = grant.inquiry.case
    return replace(grant, inquiry=replace(grant.inquiry, ground=ports.grounds.find(case) if case else None))


def _decided_again(grant: Grant, standing: Standing) -> Decision:
    decision = decide(grant.officer, grant.inquiry, standing)
    if not decision.verdict.allowed:
        raise refusal_of(grant, decision)
    if decision.clearances != grant.clearances:
        # The answer was read under other or wider rules than now: it must not leave.
        changed = Verdict(allowed=False, rules=(_CHANGED,))
        raise logged_refusal(grant, changed, decision)
    return decision


@without_grant("part of the gate, which makes the grants")
def stamp(
    response: HttpResponse, receipt: Receipt | RefusalReceipt, hold: Hold | None = None
) -> HttpResponse:
    """Return `response` with the release stamp that the middleware asks for.

    The hold ends when the answer has arrived; with a server that cannot see that, when the response is closed.
    """
    response.headers["OpenCLEAR-Receipt"] = str(receipt)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Cache-Control"] = "no-store"
    response.release_stamp = receipt  # type: ignore[attr-defined] # the middleware looks for it
    response.barrier_hold = hold  # type: ignore[attr-defined] # the middleware gives it to the connection
    if hold:
        closers = response._resource_closers  # type: ignore[attr-defined] # noqa: SLF001 - close() calls them
        closers.append(hold.response_closed)
    return response


def _check_bounded(response: HttpResponse) -> None:
    if response.streaming or len(response.content) > LARGEST_ANSWER:
        message = "This answer is larger than 1 MB, the most that one answer may have; narrow the search."
        raise NotAnswered(message)


def _with_receipt(response: HttpResponse, marker: str, receipt: Receipt) -> HttpResponse:
    as_json = json.dumps({"entry": receipt.entry, "leaf": receipt.leaf}).encode()
    content = response.content.replace(f'"{marker}"'.encode(), as_json)
    response.content = content.replace(marker.encode(), f"{receipt.entry}".encode())
    return response
