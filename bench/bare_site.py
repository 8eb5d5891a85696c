"""The yardstick of `bench web`: the same pages as plain Django would serve them. No gate, no log, no barrier."""

import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"
application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402 - needs the settings
from django.shortcuts import render  # noqa: E402 - needs the settings
from django.urls import path  # noqa: E402 - needs the settings

from openclear.access.rows import Ask  # noqa: E402 - needs the settings
from openclear.config.wiring import wire  # noqa: E402 - needs the settings
from openclear.records import finding, queries  # noqa: E402 - needs the settings
from openclear.vocabulary.actions import RECORD_DATASETS, Action  # noqa: E402 - needs the settings
from openclear.vocabulary.grants import Clearance  # noqa: E402 - needs the settings
from openclear.vocabulary.labels import NO_LABEL  # noqa: E402 - needs the settings
from openclear.web.forms import NarrowForm  # noqa: E402 - needs the settings
from openclear.web.pages import Section  # noqa: E402 - needs the settings
from openclear.web.routes import urlpatterns as pages  # noqa: E402 - names for links
from openclear.web.words import OFFERED  # noqa: E402 - needs the settings

wire()
del Ask
_OPEN = {dataset: Clearance(dataset, NO_LABEL, frozenset()) for dataset in RECORD_DATASETS}


class NoGate:
    """Stands where the queries want a grant and lets everything through: what plain Django would do."""

    def require(self, *_actions: Action) -> None:
        """Ask nothing."""

    def over(self, dataset: Any) -> Clearance:
        """Hide nothing."""
        return _OPEN[dataset]


ALL: Any = NoGate()
_FIND: dict[str, Callable[..., Any]] = {"people": finding.find_people, "vehicles": finding.find_vehicles}


def desk(request: HttpRequest) -> HttpResponse:
    """Show the search page."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    facts = {
        "cases": finding.open_cases(ALL),
        "asked": {},
        "kind": "",
        "narrow": NarrowForm(),
        "purposes": OFFERED,
    }
    return render(request, "web/search.html", {**facts, "receipt": "1"})


def search(request: HttpRequest) -> HttpResponse:
    """Show results of one kind."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    kind, text = request.GET["kind"], request.GET["q"]
    found = _FIND[kind](ALL, text=text, limit=20)
    facts = {
        "sections": [Section(kind, found, None, "x" if found.count > 20 else "")], "cases": finding.open_cases(ALL), "kind": kind,
        "asked": {"q": text, "purpose": request.GET["purpose"], "case": request.GET["case"]},
        "narrow": NarrowForm(request.GET), "purposes": OFFERED, "receipt": "1",
    }  # fmt: skip
    return render(request, "web/search.html", facts)


def person(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show one person."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    row = queries.person(ALL, person_id=record)
    asked = {"purpose": request.GET["purpose"], "case": request.GET["case"]}
    return render(request, "web/person.html", {"row": row, "asked": asked, "receipt": "1"})


urlpatterns = [path("", desk), path("search", search), path("people/<uuid:record>", person), *pages]
