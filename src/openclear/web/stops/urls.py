"""Addresses of this desk."""

from django.urls import path

from openclear.web.stops import views

urlpatterns = [
    path("stops/start", views.start, name="start-stop"),
    path("stops/plate", views.plate, name="stop-plate"),
    path("stops/people", views.people, name="stop-people"),
    path("stops/end", views.end, name="end-stop"),
]
