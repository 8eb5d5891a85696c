"""Addresses of this desk. The list of all agreements is an endpoint."""

from django.urls import path

from openclear.web.agreements import views

urlpatterns = [
    path("agreement/new", views.draw_up, name="agreement-form"),
    path("agreement/sign", views.sign, name="sign-agreement"),
    path("agreements/<str:number>", views.agreement, name="agreement"),
    path("agreements/<str:number>/renew", views.renew, name="renew-agreement"),
    path("agreements/<str:number>/end", views.end, name="end-agreement"),
]
