"""Addresses of this desk."""

from django.urls import path

from openclear.web.officers import views

urlpatterns = [
    path("officers/request", views.request_account, name="request-account"),
    path("officers/certify", views.certify, name="certify"),
    path("officers/disable", views.disable, name="disable"),
    path("officers/reinstate", views.reinstate, name="reinstate"),
    path("officers/patrol", views.patrol, name="set-patrol"),
    path("officers/release", views.release, name="release"),
]
