"""Addresses of this desk."""

from django.urls import path

from openclear.web.saved import views

urlpatterns = [
    path("saved", views.saved, name="saved"),
    path("saved/exports", views.ask_export, name="ask-export"),
    path("saved/exports/<uuid:export>/file", views.export_file, name="export-file"),
    path("saved/exports/<uuid:export>/parts/<number:part>", views.export_file, name="export-part"),
    path("saved/exports/<uuid:export>/end", views.end_export, name="end-export"),
    path("saved/alerts", views.keep_alert, name="keep-alert"),
    path("saved/alerts/<uuid:alert>/end", views.end_alert, name="end-alert"),
    path("saved/links", views.give_link, name="give-link"),
    path("saved/links/<uuid:link>/end", views.end_link, name="end-link"),
    path("l/<uuid:link>", views.follow, name="link"),
]
