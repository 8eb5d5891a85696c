"""Addresses of the pages of endpoints: one for each that declares a page."""

from collections.abc import Mapping

from django.urls import path

from openclear.endpoints import ENDPOINTS
from openclear.vocabulary.endpoint import Door
from openclear.web.agreements.views import beside_agreements
from openclear.web.cases.views import beside_cases
from openclear.web.endpoint import Beside, page_of
from openclear.web.officers.views import beside_officers
from openclear.web.orders.views import beside_orders
from openclear.web.questions.views import beside_could_see, beside_explanation
from openclear.web.registry.views import beside_agencies

# What a page shows besides its answer, and the forms for acts. A page that shows only its answer is not listed here.
_BESIDE: Mapping[str, Beside] = {
    "agencies": beside_agencies,
    "agreements": beside_agreements,
    "cases": beside_cases,
    "could-see": beside_could_see,
    "explain": beside_explanation,
    "officers": beside_officers,
    "orders": beside_orders,
}

urlpatterns = [
    path(
        endpoint.doors[Door.PAGE],
        page_of(endpoint, _BESIDE.get(endpoint.name, lambda _: {})),
        name=endpoint.name,
    )
    for endpoint in ENDPOINTS
    if Door.PAGE in endpoint.doors
]
