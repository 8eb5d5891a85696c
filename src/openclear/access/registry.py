"""The registry as the gate reads it: one person's facts, kept in memory for one epoch and no longer."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeAlias

from django.db.models import QuerySet

from openclear.access.models import Affiliation, Agency, Agreement, Officer
from openclear.access.rows import AffiliationRow, AgreementRow, Person

KEPT = 4096
Facts: TypeAlias = tuple[tuple[AgreementRow, ...], frozenset[str]]


@lru_cache(maxsize=KEPT)
def person_at(epoch: int, handle: str) -> Person | None:
    """Return what the registry knows of a person; None for an unknown one.

    `epoch` was read before the call, so the facts are at least as new as it; any change raises the
    epoch and with it makes what is kept here unreachable.
    """
    return _read_people(Officer.objects.filter(handle=handle), facts=partial(_facts_at, epoch)).get(handle)


@lru_cache(maxsize=4)
def _facts_at(epoch: int) -> Facts:
    # The same for everyone, and as new as the epoch: see above.
    del epoch  # only a key
    return registry_facts()


def read_person(handle: str) -> Person | None:
    """Return what the registry knows of a person at this moment; None for an unknown one."""
    return read_people(Officer.objects.filter(handle=handle)).get(handle)


def read_everyone() -> dict[str, Person]:
    """Return what the registry knows of everyone at this moment, by handle: four statements, however many they are."""
    return read_people(Officer.objects.all())


def read_people(officers: "QuerySet[Officer]") -> dict[str, Person]:
    """Return what the registry knows of these accounts, by handle; for this room alone."""
    return _read_people(officers, facts=registry_facts)


def _read_people(officers: "QuerySet[Officer]", *, facts: Callable[[], Facts]) -> dict[str, Person]:
    found = list(officers)
    if not found:
        return {}
    ties: dict[int, list[AffiliationRow]] = {officer.pk: [] for officer in found}
    rows = Affiliation.objects.filter(officer__in=officers).order_by("pk")
    facts_of_tie = ("agency__path", "kind", "since", "until", "entry")
    for officer, path, kind, since, until, entry in rows.values_list("officer", *facts_of_tie):
        ties[officer].append(AffiliationRow(path, kind, since, until, entry))
    agreements, registered = facts()
    return {
        officer.handle: _person(officer, tuple(ties[officer.pk]), agreements, registered) for officer in found
    }


def _person(
    officer: Officer,
    affiliations: tuple[AffiliationRow, ...],
    agreements: tuple[AgreementRow, ...],
    registered: frozenset[str],
) -> Person:
    return Person(
        handle=officer.handle,
        name=officer.name,
        title=officer.title,
        roles=tuple(sorted(officer.roles)),
        certified_until=officer.certified_until,
        machine_purpose=officer.machine_purpose,
        is_integration=officer.is_integration,
        temporary_until=officer.temporary_until,
        is_active=officer.is_active,
        affiliations=affiliations,
        agreements=agreements,
        registered=registered,
    )


def registry_facts() -> Facts:
    """Return all agreements, and the paths of all registered agencies."""
    rows = Agreement.objects.values_list("agency__path", "signed_on", "ends_on")
    return tuple(AgreementRow(*row) for row in rows), frozenset(Agency.objects.values_list("path", flat=True))
