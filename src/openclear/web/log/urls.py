"""Addresses of this desk."""

from django.urls import path

from openclear.web.log import views

urlpatterns = [
    path("searches", views.own_searches, name="searches"),
    path("log", views.entries, name="log"),
    path("log/entries/<number:number>", views.entry, name="entry"),
    path("log/verify", views.verify, name="verify"),
    path("log/verify/<number:run>", views.verification, name="verification"),
]
