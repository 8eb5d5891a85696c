"""What is signed: an agreement and its renewals as values, read from a form, a file or a proposal. Pure: no table.

Everything is read by the same functions, so nothing is proposed that could not be signed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.agreements import AGREED_DATASETS, AGREED_PURPOSES, Clause
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

LONGEST_NUMBER, LONGEST_LINE, FEWEST_PARTIES = 60, 200, 2
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
Told = Mapping[str, Any]
# The names of the facts of an agreement, in a file or a proposal.
FACTS = frozenset(
    {
        "number",
        "agency",
        "parties",
        "starts_on",
        "ends_on",
        "data_sets",
        "purposes",
        "document",
        "digest",
        "clauses",
    }
)


@dataclass(frozen=True, slots=True)
class Term:
    """What holds for a while. `document`: where the signed paper is kept; `digest`: its SHA-256.

    `clauses`: where in the document each clause is, by its name.
    """

    starts_on: date
    ends_on: date
    datasets: tuple[str, ...]
    purposes: tuple[str, ...]
    document: str
    digest: str
    clauses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """An agreement to register. `parties`: who signed, one line for each."""

    number: str
    agency: str
    parties: tuple[str, ...]
    term: Term


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal says; what is None stays as it was. Its first day follows from the term before it."""

    number: str
    ends_on: date
    document: str
    digest: str
    datasets: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None
    clauses: Mapping[str, str] | None = None


@without_grant("makes a value of what was typed; reads nothing")
def read_agreement(told: Told) -> NewAgreement:
    """Return an agreement from its facts by name, as a file or a form has them. Raises WrongUsage: what is missing, or cannot be.

    CJIS Security Policy 5.1.1.3: without each of its clauses there is no agreement.
    """
    parties = _lines(told, "parties", "the parties")
    if len(parties) < FEWEST_PARTIES:
        raise WrongUsage(
            "Name at least two parties, one a line: who signed for the department, and for the agency."
        )
    starts_on, ends_on = _day(told, "starts_on", "first"), _day(told, "ends_on", "last")
    if ends_on < starts_on:
        raise WrongUsage(f"The last day, {ends_on}, is before the first, {starts_on}.")
    term = Term(
        starts_on, ends_on, _datasets(told), _purposes(told), *_document(told), _clauses(told.get("clauses") or {})
    )  # fmt: skip
    return NewAgreement(
        number_of(told.get("number", "")), agency_path(_line(told, "agency", "agency")), parties, term
    )


@without_grant("makes a value of what was typed; reads nothing")
def read_renewal(told: Told) -> Renewal:
    """Return a renewal from its facts by name. Raises WrongUsage as `read_agreement` does."""
    return Renewal(
        number_of(told.get("number", "")), _day(told, "ends_on", "last"), *_document(told),
        datasets=_datasets(told) if told.get("data_sets") else None,
        purposes=_purposes(told) if told.get("purposes") else None,
        clauses=_clauses(told["clauses"]) if told.get("clauses") else None,
    )  # fmt: skip


@without_grant("makes a value of what was typed; reads nothing")
def number_of(text: object) -> str:
    """Return the number of an agreement as typed. Raises WrongUsage if it cannot be one."""
    number = str(text).strip()
    if len(number) > LONGEST_NUMBER or not _NUMBER.fullmatch(number):
        raise WrongUsage(
            f"'{number[:LONGEST_NUMBER]}' is not a number of an agreement: letters, digits, dots and hyphens, such as AGR-ISP-01."
        )
    return number


@without_grant("names facts; reads nothing")
def facts_of(signed: NewAgreement | Renewal) -> dict[str, Any]:
    """Return the facts by name, as a proposal keeps them: what `read_agreement` or `read_renewal` reads."""
    term = signed.term if isinstance(signed, NewAgreement) else signed
    named = {
        "number": signed.number, "ends_on": str(term.ends_on), "document": term.document, "digest": term.digest,
        "data_sets": list(term.datasets or ()), "purposes": list(term.purposes or ()), "clauses": dict(term.clauses or {}),
    }  # fmt: skip
    if isinstance(signed, Renewal):
        return named
    first = {
        "agency": signed.agency,
        "parties": list(signed.parties),
        "starts_on": str(signed.term.starts_on),
    }
    return {**named, **first}


def _datasets(told: Told) -> tuple[str, ...]:
    return _chosen(told.get("data_sets"), AGREED_DATASETS, "data set")


def _purposes(told: Told) -> tuple[str, ...]:
    named = told.get("purposes") or ()
    if Purpose.CIVIL_IMMIGRATION_ENFORCEMENT in named:
        # Of the law that the city's profile names for it.
        raise WrongUsage(
            "No agreement may name civil immigration enforcement: no rule permits it, for anyone."
        )
    return _chosen(named, AGREED_PURPOSES, "purpose")


def _chosen(named: Any, known: Sequence[str], what: str) -> tuple[str, ...]:
    wanted = [named] if isinstance(named, str) else list(named or ())
    if not wanted:
        raise WrongUsage(f"Name each {what} that the agreement allows, of {', '.join(known)}.")
    if unknown := [str(name) for name in wanted if name not in known]:
        raise WrongUsage(f"'{unknown[0]}' is not a {what} of an agreement; those are {', '.join(known)}.")
    return tuple(str(name) for name in known if name in wanted)


def _clauses(told: Any) -> dict[str, str]:
    given = {str(name): _trimmed(where) for name, where in dict(told).items()}
    if unknown := sorted(given.keys() - set(Clause)):
        raise WrongUsage(
            f"'{unknown[0]}' is not one of the clauses of CJIS Security Policy 5.1.1.3: {', '.join(Clause)}."
        )
    if missing := [clause for clause in Clause if not given.get(clause)]:
        raise WrongUsage(
            f"Say where in the document each clause of CJIS Security Policy 5.1.1.3 is; missing: {', '.join(missing)}."
        )
    return {str(clause): given[clause] for clause in Clause}


def _document(told: Told) -> tuple[str, str]:
    document, digest = _line(told, "document", "document"), _trimmed(told.get("digest")).lower()
    if not _DIGEST.fullmatch(digest):
        raise WrongUsage(
            "Give the signed document's SHA-256: 64 characters, 0-9 and a-f, as sha256sum prints it."
        )
    return document, digest


def _day(told: Told, name: str, which: str) -> date:
    value = told.get(name)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(_trimmed(value))
    except ValueError:
        raise WrongUsage(f"Write the {which} day of the agreement as 2026-12-31.") from None


def _lines(told: Told, name: str, what: str) -> tuple[str, ...]:
    value = told.get(name) or ()
    lines: Iterable[Any] = value.splitlines() if isinstance(value, str) else value
    found = tuple(filter(None, (_trimmed(line) for line in lines)))
    if any(len(line) > LONGEST_LINE for line in found):
        raise WrongUsage(f"Name {what} in at most {LONGEST_LINE} characters each.")
    return found


def _line(told: Told, name: str, what: str) -> str:
    text = _trimmed(told.get(name))
    if not text or len(text) > LONGEST_LINE:
        raise WrongUsage(f"Name the {what}, in at most {LONGEST_LINE} characters.")
    return text


def _trimmed(value: Any) -> str:
    return " ".join(str(value or "").split())
