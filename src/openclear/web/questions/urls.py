"""Addresses of this desk."""

from django.urls import path

from openclear.web.questions import views

urlpatterns = [
    path("suggest", views.suggest, name="suggest"),
    path("oversight/cases", views.case_uses, name="case-uses"),
]
