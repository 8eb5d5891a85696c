"""The site map that search engines read: the pages in both languages, and those of the areas."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from openclear.citizen import places, queries
from openclear.citizen.answering import data
from openclear.citizen.questions import Question

PAGES = ("home", "map", "trends", "transparency", "downloads", "about")


class Pages(Sitemap):  # type: ignore[type-arg] # generic for mypy alone
    """The pages without a place."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        """Return the names of the pages."""
        return list(PAGES)

    def location(self, item: str) -> str:
        """Return the address of a page."""
        return reverse(item)


class Areas(Sitemap):  # type: ignore[type-arg] # as above
    """The pages of the areas."""

    i18n = True
    alternates = True

    def items(self) -> list[int]:
        """Return the numbers of the areas."""
        newest = queries.edition_named(queries.LATEST)
        self._made = newest.made if newest else None
        return sorted(places.area_codes())

    def location(self, item: int) -> str:
        """Return the address of an area."""
        return reverse("area", args=[item])

    def lastmod(self, _item: int) -> datetime | None:
        """Return when the newest edition was made."""
        return self._made


@data()
def site_map(request: HttpRequest, _asked: Question) -> HttpResponse:
    """List every page that search engines may keep (sitemaps.org)."""
    return sitemap(request, {"pages": Pages, "areas": Areas})
