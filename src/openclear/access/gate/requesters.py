"""The registry as the gate reads it: one person's facts, kept in memory for one epoch and no longer."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeAlias

from django.db.models import QuerySet

from openclear.access.models import Agency, AgreementTerm, Officer
from openclear.access.policy.facts import AffiliationRow, AgreementRow, Requester
from openclear.vocabulary.without_grant import without_grant

KEPT = 4096
_OF_ACCOUNT = (
    "handle", "name", "title", "roles", "certified_until", "machine_purpose", "is_integration", "temporary_until", "is_active",
)  # fmt: skip
_OF_TIE = tuple(f"affiliations__{name}" for name in ("agency__path", "kind", "since", "until", "entry"))
_OF_TERM = ("agreement__agency__path", "starts_on", "ends_on", "datasets", "purposes", "ended", "signed")
Facts: TypeAlias = tuple[tuple[AgreementRow, ...], frozenset[str]]


@without_grant("part of the gate, which makes the grants")
@lru_cache(maxsize=KEPT)
def requester_at(epoch: int, handle: str) -> Requester | None:
    """Return what the registry knows of a person; None for an unknown one.

    `epoch` was read before the call, so the facts are at least as new; any change raises the
    epoch, which makes what is kept here unreachable.
    """
    return _read_requesters(Officer.objects.filter(handle=handle), facts=partial(_facts_at, epoch)).get(
        handle
    )


@lru_cache(maxsize=4)
def _facts_at(epoch: int) -> Facts:
    # The same for everyone, and as new as the epoch: see above.
    del epoch  # only a key
    return registry_facts()


@without_grant("part of the gate, which makes the grants")
def read_requester(handle: str) -> Requester | None:
    """Return what the registry knows of a person at this moment; None for an unknown one."""
    return read_requesters(Officer.objects.filter(handle=handle)).get(handle)


@without_grant("part of the gate, which makes the grants")
def read_everyone() -> dict[str, Requester]:
    """Return what the registry knows of everyone at this moment, by handle: three statements for any number."""
    return read_requesters(Officer.objects.all())


@without_grant("part of the gate, which makes the grants")
def read_requesters(officers: "QuerySet[Officer]") -> dict[str, Requester]:
    """Return what the registry knows of these accounts, by handle; only for this room."""
    return _read_requesters(officers, facts=registry_facts)


def _read_requesters(officers: "QuerySet[Officer]", *, facts: Callable[[], Facts]) -> dict[str, Requester]:
    # Each account once for each of its ties, or once if it has none.
    rows = officers.order_by("pk", "affiliations__pk").values_list(*_OF_ACCOUNT, *_OF_TIE)
    ties: dict[str, list[AffiliationRow]] = {}
    accounts: dict[str, dict[str, Any]] = {}
    for row in rows:
        account = dict(zip(_OF_ACCOUNT, row, strict=False))
        handle, tie = account["handle"], row[len(_OF_ACCOUNT) :]
        accounts[handle] = account | {"roles": tuple(sorted(account["roles"]))}
        ties.setdefault(handle, []).extend([AffiliationRow(*tie)] if tie[0] else [])
    if not accounts:
        return {}
    agreements, registered = facts()
    return {
        handle: Requester(
            **account, affiliations=tuple(ties[handle]), agreements=agreements, registered=registered
        )
        for handle, account in accounts.items()
    }


@without_grant("part of the gate, which makes the grants")
def registry_facts() -> Facts:
    """Return every term of every agreement, past ones too, and the paths of all registered agencies."""
    terms = agreement_rows(AgreementTerm.objects.all())
    return terms, frozenset(Agency.objects.values_list("path", flat=True))


@without_grant("part of the gate, which makes the grants")
def agreement_rows(terms: "QuerySet[AgreementTerm]") -> tuple[AgreementRow, ...]:
    """Return terms of agreements as the rules read them; only for this room."""
    return tuple(
        AgreementRow(agency, starts_on, ends_on, tuple(datasets), tuple(purposes), ended, signed)
        for agency, starts_on, ends_on, datasets, purposes, ended, signed in terms.values_list(*_OF_TERM)
    )
