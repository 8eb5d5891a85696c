"""What every page shows around its answer: who is signed in, demo mode, the navigation."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openclear.audit.queries import is_demo
from openclear.records.kinds import SEARCHED
from openclear.vocabulary.city import city
from openclear.vocabulary.roles import ADMINISTRATORS, Role
from openclear.web import sessions
from openclear.web.returning import mark_of

# The navigation: (name of the route, label, icon). Only a shortcut: the gate decides each page.
_OWN = (
    ("desk", _("Search"), "search"),
    ("cases", _("Cases"), "folder_open"),
    ("saved", _("Saved"), "history"),
    ("searches", _("My searches"), "history"),
    ("log", _("Log"), "verified_user"),
)
_COUNTING = (*_OWN[:2], ("figures", _("Figures"), "account_balance"), *_OWN[2:])
_KEEPING = (
    ("orders", _("Orders"), "shield"),
    ("agencies", _("Agencies"), "account_balance"),
    ("agreements", _("Agreements"), "verified_user"),
    ("officers", _("Accounts"), "people"),
    ("searches", _("My acts"), "history"),
    ("log", _("Log"), "verified_user"),
)
_OVERSEEING = (
    ("log", _("Log"), "verified_user"),
    ("findings", _("Findings"), "shield"),
    ("explain", _("Why?"), "search"),
    ("could-see", _("Who could see?"), "people"),
    ("stops", _("Stops"), "history"),
    ("case-uses", _("Case numbers"), "folder_open"),
    ("searches", _("My acts"), "history"),
)
_NEAR = {
    "search": "desk", **{kind.noun: "desk" for kind in SEARCHED.values()}, "case": "cases",
    "entry": "log", "verification": "log", "order-form": "orders", "proposal": "orders", "order": "orders", "agency": "agencies",
    "agreement": "agreements", "agreement-form": "agreements",
}  # fmt: skip


def page_facts(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page's frame; nothing from records."""
    session = getattr(request, "session", {})
    match = request.resolver_match
    name = match.url_name if match else ""
    return {
        "city": city().words_in(get_language() or "en"),
        "time_zone": city().time_zone,
        "demo": is_demo(),
        "officer_name": session.get(sessions.NAME, ""),
        "places": _places(session.get(sessions.ROLES, [])) if session.get(sessions.OFFICER) else [],
        "on_patrol": Role.PATROL in session.get(sessions.ROLES, []),
        "here": _NEAR.get(str(name), name),
        "page_of": mark_of(session[sessions.OFFICER]) if session.get(sessions.OFFICER) else "",
        "idle_seconds": sessions.IDLE_SECONDS if session.get(sessions.OFFICER) else 0,
    }


def first_place(roles: list[str]) -> str:
    """Return the URL of the first desk of people with these roles."""
    return reverse(_places(roles)[0][0])


def _places(roles: list[str]) -> Sequence[tuple[str, str | Promise, str]]:
    if ADMINISTRATORS & set(roles):
        return _KEEPING
    if Role.INSPECTOR_GENERAL in roles:
        return _OVERSEEING
    return _COUNTING if {Role.ANALYST, Role.SUPERVISOR} & set(roles) else _OWN
