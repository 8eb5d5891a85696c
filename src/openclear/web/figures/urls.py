"""Addresses of this desk."""

from django.urls import path

from openclear.web.figures import views

urlpatterns = [
    path("figures", views.figures, name="figures"),
    path("figures/books", views.ask_book, name="ask-book"),
    path("figures/table.csv", views.figures_csv, name="figures-csv"),
    path("figures/districts.geojson", views.outlines, name="outlines"),
]
