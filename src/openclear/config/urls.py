"""Every route of the officer side. A route answers with a release stamp, or is on the public list."""

from django.urls import include, path

from openclear.api.routes import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("openclear.web.routes")),
]
