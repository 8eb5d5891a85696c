"""Addresses of this desk."""

from django.urls import path

from openclear.web.registry import views

urlpatterns = [
    path("agencies/add", views.add_agency, name="add-agency"),
    path("agencies/<str:path>", views.agency, name="agency"),
    path("agencies/<str:path>/affiliate", views.affiliate, name="affiliate"),
    path("agencies/<str:path>/place", views.place_agency, name="place-agency"),
    path("agencies/<str:path>/end", views.end_affiliation, name="end-affiliation"),
]
