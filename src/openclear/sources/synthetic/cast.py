"""The cast of demo, documentation and tests: agencies, agreements and people. All are invented."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256

from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.access.registry.terms import NewAgreement, read_agreement
from openclear.sources.synthetic.invented import told
from openclear.vocabulary import clock
from openclear.vocabulary.agreements import Clause
from openclear.vocabulary.city import city

CERTIFIED_UNTIL = clock.today() + timedelta(days=365)


def other_agencies() -> list[NewAgency]:
    """Return the partner agencies, and the city's other agencies besides its department, root first."""
    return [NewAgency(path, name, kind) for path, (name, kind) in told("agencies").items()]


def agreements() -> list[NewAgreement]:
    """Return the agreements of the partner agencies. Their papers are invented too, so each digest is that of a number."""
    named, department = told("agreements"), city().words_in("en").department
    clauses = {clause: f"section {place}" for place, clause in enumerate(Clause, start=1)}
    return [
        read_agreement({
            "number": number, "agency": agency, "parties": [department, told("agencies")[agency][0]], "starts_on": named["signed"],
            "ends_on": named["ends"], "data_sets": named["data_sets"], "purposes": named["purposes"],
            "document": f"{number}.pdf, invented", "digest": sha256(number.encode()).hexdigest(), "clauses": clauses,
        })
        for agency, number in named["numbers"].items()
    ]  # fmt: skip


def first_day() -> date:
    """Return the first day of every agreement, on which everyone's ties began too."""
    day: date = told("agreements")["signed"]
    return day


def founders() -> list[NewOfficer]:
    """Return the people who set up the city: the access administrator and the approver."""
    return _people("founders")


def people() -> list[NewOfficer]:
    """Return everyone else of the cast, and the programs of partner agencies."""
    return [*_people("people"), *_people("integrations", is_integration=True)]


def _people(section: str, *, is_integration: bool = False) -> list[NewOfficer]:
    return [_person(handle, *told, is_integration=is_integration) for handle, told in told(section).items()]


def _person(
    handle: str, name: str, title: str, roles: str, *agencies: str, is_integration: bool
) -> NewOfficer:
    kinds = ["employer", *["task-force"] * (len(agencies) - 1)]
    mail = "" if is_integration else f"{handle}@demo.example"
    return NewOfficer(
        handle, name, title, tuple(roles.split()), tuple(zip(agencies, kinds, strict=True)), CERTIFIED_UNTIL,
        mail=mail, since=first_day(), is_integration=is_integration,
    )  # fmt: skip


def story() -> dict[str, str]:
    """Return what a newcomer is asked to try: agency, legal basis of its order, who searches first, who searches next."""
    return dict(told("story"))


def handles(officers: Sequence[NewOfficer]) -> list[str]:
    """Return the handles of people."""
    return [officer.handle for officer in officers]
