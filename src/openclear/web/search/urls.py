"""Addresses of this desk: the search, and a page for each searchable kind of record."""

from django.urls import path

from openclear.records.kinds import SEARCHED
from openclear.web.search import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("search", views.search, name="search"),
    *(
        path(f"{name}/<uuid:record>", views.record_page(kind), name=kind.noun)
        for name, kind in SEARCHED.items()
    ),
]
