"""Addresses of this desk."""

from django.urls import path

from openclear.reporting.reports import REPORTS
from openclear.web.figures import views

urlpatterns = [
    path("figures", views.figures, name="figures"),
    *(
        path(f"figures/{report.plural}", views.ask_report(report), name=f"ask-{report.kind}")
        for report in REPORTS
    ),
    path("figures/table.csv", views.figures_csv, name="figures-csv"),
    path("figures/districts.geojson", views.outlines, name="outlines"),
]
