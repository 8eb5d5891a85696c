"""The pages of the officer site, desk by desk."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from openclear.web import asked, converters  # noqa: F401 - used in the URL patterns below
from openclear.web.account import urls as account
from openclear.web.account import views as signing_in
from openclear.web.agreements import urls as agreements
from openclear.web.cases import urls as cases
from openclear.web.figures import urls as figures
from openclear.web.log import urls as log
from openclear.web.officers import urls as officers
from openclear.web.orders import urls as orders
from openclear.web.questions import urls as questions
from openclear.web.registry import urls as registry
from openclear.web.saved import urls as saved
from openclear.web.search import urls as search
from openclear.web.stops import urls as stops

urlpatterns: list[URLPattern | URLResolver] = [
    *search.urlpatterns,
    *stops.urlpatterns,
    *asked.urlpatterns,
    *cases.urlpatterns,
    *saved.urlpatterns,
    *questions.urlpatterns,
    *figures.urlpatterns,
    *log.urlpatterns,
    *orders.urlpatterns,
    *registry.urlpatterns,
    *agreements.urlpatterns,
    *officers.urlpatterns,
    *account.urlpatterns,
    path("language", set_language, name="set-language"),
    path("healthz", signing_in.healthz, name="healthz"),
]
