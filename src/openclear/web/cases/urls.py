"""Addresses of this desk."""

from django.urls import path

from openclear.web.cases import views

urlpatterns = [
    path("cases/register", views.register, name="register-case"),
    path("cases/<uuid:record>/share", views.share, name="share-case"),
    path("cases/<uuid:record>/confirm", views.confirm, name="confirm-case"),
    path("cases/<str:record>", views.case, name="case"),
]
