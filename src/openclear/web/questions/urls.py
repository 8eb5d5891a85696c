"""Addresses of this desk."""

from django.urls import path

from openclear.web.questions import views

urlpatterns = [
    path("suggest", views.suggest, name="suggest"),
    path("explain", views.explain, name="explain"),
    path("oversight/could-see", views.could_see, name="could-see"),
    path("oversight/cases", views.case_uses, name="case-uses"),
]
