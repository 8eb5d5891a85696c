"""Who asks through an integration, and what that opens and writes."""

from datetime import timedelta

import pytest

from openclear.access.registry import lifecycle
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from tests.access.registry.test_registry import acting
from tests.cast import CRIME, ask, entry_of, open_case, token


@pytest.mark.anywhere
def test_a_disabled_or_lapsed_integration_carries_nobody():
    from openclear.access.models import Officer
    from tests.access.registry.test_registry import acting, registry

    before = Officer.objects.get(handle="crossroads")
    assert acting("lund").status_code == 200
    try:
        lifecycle.disable(
            registry(), handle="crossroads", reason="end of the contract", approval=registry("adler")
        )
        assert acting("lund").json().get("rule_ids") == ["account-disabled"]
        lifecycle.reinstate(registry(), approval=registry("adler"), handle="crossroads")
        assert acting("lund").status_code == 200
        Officer.objects.filter(pk=before.pk).update(certified_until=clock.today() - timedelta(days=1))
        lifecycle.certify(
            registry(), handles=["marsh"], until=clock.today() + timedelta(days=365)
        )  # the epoch rises
        assert acting("lund").json().get("rule_ids") == ["certification-lapsed"]
    finally:
        Officer.objects.filter(pk=before.pk).update(is_active=True, certified_until=before.certified_until)
        lifecycle.certify(registry(), handles=["marsh"], until=clock.today() + timedelta(days=365))


def test_a_partners_integration_sees_no_more_of_the_department_for_naming_one_of_its_officers():
    from django.test import Client

    incident = Incident.objects.filter(labels=0).exclude(narrative="").first()
    reason = {"purpose": CRIME, "case": open_case()}
    assert ask("brandt", f"incidents/{incident.id}", **reason).json()["result"]["narrative"]
    headers = {"authorization": f"Bearer {token('crossroads')}", "openclear-acting-for": "brandt"}
    answer = Client(headers=headers).get(f"/api/v1/incidents/{incident.id}", reason)
    assert answer.json().get("result", {}).get("narrative") is None


def test_nobody_but_an_integration_writes_another_agency_into_the_log_or_learns_who_exists():
    from openclear.audit.models import Entry

    for named in ("kerr", "nobody-such", "marsh"):
        answer = acting(named, through="marsh")
        assert answer.json()["rule_ids"] == ["integration-carries-its-human"], named
        header = bytes(Entry.objects.using("audit").get(index=entry_of(answer.json()["receipt"])).header)
        assert b"us.dhs" not in header
