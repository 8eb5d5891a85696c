"""The pages of the officer site."""

from django.urls import path
from django.views.i18n import set_language

from openclear.web import pages, sign_in

urlpatterns = [
    path("", pages.desk, name="desk"),
    path("search", pages.search, name="search"),
    path("people/<uuid:record>", pages.person, name="person"),
    path("incidents/<uuid:record>", pages.incident, name="incident"),
    path("vehicles/<uuid:record>", pages.vehicle, name="vehicle"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", set_language, name="set-language"),
    path("healthz", sign_in.healthz, name="healthz"),
]
