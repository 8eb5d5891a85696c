"""The yardstick of `bench web`: the same pages as plain Django would serve them. No gate, no log, no barrier."""

import os
from typing import Any
from uuid import UUID

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"
application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402 - needs the settings
from django.shortcuts import render  # noqa: E402 - needs the settings
from django.urls import path  # noqa: E402 - needs the settings

from openclear.access.orders.notices import notices_for  # noqa: E402 - needs the settings
from openclear.config.wiring import wire  # noqa: E402 - needs the settings
from openclear.records.cases.queries import open_cases  # noqa: E402 - needs the settings
from openclear.records.kinds import SEARCHED  # noqa: E402 - needs the settings
from openclear.search.find import find, open_page  # noqa: E402 - needs the settings
from openclear.vocabulary.actions import RECORD_DATASETS, Action  # noqa: E402 - needs the settings
from openclear.vocabulary.grants import Clearance, Inquiry  # noqa: E402 - needs the settings
from openclear.vocabulary.labels import NO_LABEL  # noqa: E402 - needs the settings
from openclear.vocabulary.purposes import Purpose  # noqa: E402 - needs the settings
from openclear.web.asked_form import AskedForm  # noqa: E402 - needs the settings
from openclear.web.routes import urlpatterns as pages  # noqa: E402 - names for links
from openclear.web.search.forms import FilterForm  # noqa: E402 - needs the settings
from openclear.web.search.views import MOST_SUGGESTED, Section  # noqa: E402 - needs the settings
from openclear.web.stops.views import stop_facts  # noqa: E402 - needs the settings
from openclear.web.words import OFFERED  # noqa: E402 - needs the settings

wire()
_OPEN = {dataset: Clearance(dataset, NO_LABEL, frozenset()) for dataset in RECORD_DATASETS}


class NoGate:
    """Stands where the queries want a grant and lets everything through: what plain Django would do."""

    # What the query for open cases asks its grant: without it, the bare page would run another statement.
    officer, agencies = "rivera", ("il.chicago.pd",)
    inquiry = Inquiry(Action.CASE_LIST, Purpose.OWN_ACCOUNT)

    def require(self, *_actions: Action) -> None:
        """Ask nothing."""

    def require_asked(self, _filters: object) -> None:
        """Ask nothing."""

    def only(self, _dataset: Any) -> None:
        """Limit to no rows."""

    def over(self, dataset: Any) -> Clearance:
        """Hide nothing."""
        return _OPEN[dataset]


ALL: Any = NoGate()


def desk(request: HttpRequest) -> HttpResponse:
    """Show the search page."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    facts = {
        "cases": open_cases(ALL),
        "asked": {},
        "kind": "",
        "kinds": list(SEARCHED),
        "filters": FilterForm(),
        "purposes": OFFERED,
        "notices": notices_for(ALL),
        **stop_facts(ALL),
    }
    return render(request, "web/search.html", {**facts, "receipt": "1"})


def search(request: HttpRequest) -> HttpResponse:
    """Show results of one kind."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    kind, text = request.GET["kind"], request.GET["q"]
    found = find(ALL, kind=SEARCHED[kind], text=text, limit=20)
    facts = {
        "sections": [Section(kind, found, None, "x" if found.count > 20 else "")], "cases": open_cases(ALL, limit=MOST_SUGGESTED),
        "kind": kind,
        "asked": {"q": text, "purpose": request.GET["purpose"], "case": request.GET["case"]},
        "filters": FilterForm(request.GET), "purposes": OFFERED, "receipt": "1", "kinds": list(SEARCHED),
    }  # fmt: skip
    return render(request, "web/search.html", facts)


def person(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show one person."""
    if not request.session.get("officer"):
        return HttpResponseRedirect("/sign-in")
    kind = SEARCHED["people"]
    form = AskedForm(kind.pages.asked, request.GET)
    part = form.asked()
    row = open_page(ALL, kind=kind, record=record, asked=part)
    asked = {"purpose": request.GET["purpose"], "case": request.GET["case"]}
    facts = {"row": row, "asked": asked, "part": part, "form": form}
    return render(request, "web/kinds/people/page.html", {**facts, "receipt": "1"})


urlpatterns = [path("", desk), path("search", search), path("people/<uuid:record>", person), *pages]
