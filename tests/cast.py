"""The cast at work: grants, tokens and orders as the people of the stories get them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from django.test import Client

from openclear.access import gate, orders
from openclear.access.accounts import tokens
from openclear.access.gate.requesters import requester_at
from openclear.access.models import Agency, Officer
from openclear.access.orders.receipts import OrderReceipt
from openclear.access.registry.agreements import sign_agreement
from openclear.access.registry.commands import (
    NewAgency,
    NewOfficer,
    register_agencies,
    register_officers,
    was_used,
)
from openclear.access.registry.terms import NewAgreement, Renewal, read_agreement, read_renewal
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import AGREED_DATASETS, AGREED_PURPOSES, Clause
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

CRIME = Purpose.CRIMINAL_INVESTIGATION
ADMINISTRATION = Purpose.ACCESS_ADMINISTRATION
GROUND = "Mayor's order of 10 July 2019"


def open_case() -> str:
    from openclear.records.cases.queries import open_cases

    return open_cases(grant("rivera", Action.CASE_LIST), limit=1)[0].number


def grant(officer: str, action: Action, purpose: Purpose = CRIME, case: str | None = None) -> Grant:
    return gate.open_for(officer, action, purpose=purpose, case=case)


def cut_off(agency: str, by: str = "novak", approved_by: str = "adler", **limits: Any) -> OrderReceipt:
    first, second = (grant(who, Action.ORDER_CUT_OFF, ADMINISTRATION) for who in (by, approved_by))
    order = orders.new_order(agency=agency, legal_basis=GROUND, **limits)
    return orders.cut_off(first, approval=second, order=order)


def lift(name: str, by: str = "novak", approved_by: str = "adler") -> None:
    first, second = (grant(who, Action.ORDER_LIFT, ADMINISTRATION) for who in (by, approved_by))
    orders.lift(first, approval=second, name=name, legal_basis="end of the test")


@cache
def token(officer: str) -> str:
    first, second = (grant(who, Action.TOKEN_CREATE, ADMINISTRATION) for who in ("novak", "adler"))
    return tokens.create_token(first, handle=officer, approval=second)


def ask(officer: str, path: str, /, **query: str) -> Any:
    """One request to the API with the officer's token; the response as Django's test client gives it."""
    return Client(headers={"authorization": f"Bearer {token(officer)}"}).get(f"/api/v1/{path}", query)


def search(officer: str, text: str, **more: str) -> Any:
    asked = {"q": text, "purpose": CRIME, "case": open_case()} | more
    return ask(officer, "people", **asked)


def entry_of(receipt: dict[str, Any]) -> int:
    """The number of the entry behind a refusal's receipt, as Okafor finds it by the token."""
    from openclear.audit.reading import number_of_token

    assert set(receipt) == {"token"}, "a refusal tells no number"
    number = number_of_token(
        grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW), token=receipt["token"]
    )
    assert number is not None
    return number


def registered(agencies: Sequence[NewAgency] = (), officers: Sequence[NewOfficer] = ()) -> None:
    """Register what a module of tests needs, once in a process: tests of one module may come in two parts, others between them.

    People whom the first part disabled when it ended are as they were again; what its tests moved away stays away.
    """
    first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    known = set(Agency.objects.values_list("path", flat=True))
    if new := [agency for agency in agencies if agency.path not in known and not was_used(agency.path)]:
        register_agencies(first, agencies=new)
    known = set(Officer.objects.values_list("handle", flat=True))
    Officer.objects.filter(handle__in=[one.handle for one in officers]).update(
        is_active=True, disabled_for=""
    )
    requester_at.cache_clear()
    if missing := [officer for officer in officers if officer.handle not in known]:
        register_officers(first, approval=second, officers=missing)


def agreement(agency: str, number: str, ends_on: date | None = None, /, **more: Any) -> NewAgreement:
    """An agreement from today with all its clauses, for everything unless `more` says less."""
    told = {
        "number": number, "agency": agency, "parties": ["Department", "Partner"], "starts_on": clock.today(),
        "ends_on": ends_on or clock.today() + timedelta(days=200), "data_sets": AGREED_DATASETS, "purposes": AGREED_PURPOSES,
        "document": f"{number}.pdf", "digest": sha256(number.encode()).hexdigest(),
        "clauses": {clause: f"section {place}" for place, clause in enumerate(Clause, start=1)},
    }  # fmt: skip
    return read_agreement(told | more)


def renewal(number: str, ends_on: date, /, **more: Any) -> Renewal:
    """A renewal of an agreement until a day."""
    digest = sha256(f"{number} until {ends_on}".encode()).hexdigest()
    return read_renewal({"number": number, "ends_on": ends_on, "document": "r.pdf", "digest": digest} | more)


def sign(agency: str, number: str, ends_on: date | None = None, /, **more: Any) -> None:
    """Sign an agreement, as novak and adler."""
    first, second = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    sign_agreement(first, agreement=agreement(agency, number, ends_on, **more), approval=second)


def signed_in(officer: str) -> Client:
    client = Client()
    assert client.post("/sign-in", {"officer": officer}).status_code == 302
    return client
