"""Addresses of this desk."""

from django.urls import path

from openclear.web.orders import acts, views

urlpatterns = [
    path("orders/new", views.draw_up, name="order-form"),
    path("orders/propose", views.propose, name="propose"),
    path("orders/proposals/<number:number>", views.proposal, name="proposal"),
    path("orders/proposals/<number:number>/approve", views.approve, name="approve"),
    path("orders/proposals/<number:number>/withdraw", views.withdraw, name="withdraw"),
    path("orders/<slug:identity>", views.order, name="order"),
    path("orders/proposals/<number:number>/tell", acts.tell, name="tell-partners"),
    path("orders/<slug:identity>/lift", acts.lift, name="lift"),
    path("orders/<slug:identity>/change", acts.change, name="change-order"),
    path("orders/<slug:identity>/confirm", acts.confirm, name="confirm-order"),
    path("orders/<slug:identity>/packet", acts.packet, name="packet"),
]
