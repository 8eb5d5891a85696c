"""What every public page shows around its answer: the navigation, and the same page in the other language."""

from typing import Any

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openclear.citizen.places import address_example
from openclear.vocabulary.city import city

PLACES = (
    ("map", _("Map")),
    ("trends", _("Trends")),
    ("transparency", _("Who has access")),
    ("downloads", _("Data")),
    ("about", _("About")),
)


def page_facts(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page's frame."""
    other = "en" if get_language() == "es" else "es"
    match = request.resolver_match
    return {
        "address_example": address_example(),
        "license": city().license,
        "street": city().formats.street_example,
        "city": city().words_in(get_language() or "en"),
        "places": PLACES,
        "here": match.url_name if match else "",
        "other_language": other,
        "other_address": translate_url(request.get_full_path(), other),
    }
