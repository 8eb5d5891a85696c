"""The pages of the officer site."""

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import urls as recovery_urls
from allauth.mfa.totp import urls as totp_urls
from allauth.mfa.webauthn import urls as webauthn_urls
from django.urls import include, path, register_converter
from django.views.generic import RedirectView
from django.views.i18n import set_language

from openclear.web import (
    accounts,
    cases,
    figures,
    kept,
    logbook,
    order_acts,
    orders,
    pages,
    questions,
    registry,
    sign_in,
    tokens,
)


class Number:
    """A whole number that fits into a column of the database."""

    regex = "[0-9]{1,15}"

    def to_python(self, text: str) -> int:
        """Return the number."""
        return int(text)

    def to_url(self, number: int) -> str:
        """Return its digits."""
        return str(number)


register_converter(Number, "number")
_records = [
    path("", pages.desk, name="desk"),
    path("search", pages.search, name="search"),
    path("people/<uuid:record>", pages.person, name="person"),
    path("incidents/<uuid:record>", pages.incident, name="incident"),
    path("arrests/<uuid:record>", pages.arrest, name="arrest"),
    path("vehicles/<uuid:record>", pages.vehicle, name="vehicle"),
    path("cases", pages.cases, name="cases"),
    path("cases/register", cases.register, name="register-case"),
    path("cases/<uuid:record>", pages.case, name="case"),
    path("cases/<uuid:record>/share", cases.share, name="share-case"),
    path("cases/<uuid:record>/confirm", cases.confirm, name="confirm-case"),
]
_kept = [
    path("kept", kept.kept, name="kept"),
    path("kept/exports", kept.ask_export, name="ask-export"),
    path("kept/exports/<uuid:export>/file", kept.export_file, name="export-file"),
    path("kept/exports/<uuid:export>/parts/<number:part>", kept.export_file, name="export-part"),
    path("kept/exports/<uuid:export>/end", kept.end_export, name="end-export"),
    path("kept/alerts", kept.keep_alert, name="keep-alert"),
    path("kept/alerts/<uuid:alert>/end", kept.end_alert, name="end-alert"),
    path("kept/links", kept.give_link, name="give-link"),
    path("kept/links/<uuid:link>/end", kept.end_link, name="end-link"),
    path("l/<uuid:link>", kept.follow, name="link"),
    path("suggest", questions.suggest, name="suggest"),
]
_questions = [
    path("explain", questions.explain, name="explain"),
    path("oversight/could-see", questions.could_see, name="could-see"),
    path("oversight/cases", questions.case_uses, name="case-uses"),
]
_figures = [
    path("figures", figures.figures, name="figures"),
    path("figures/books", figures.ask_book, name="ask-book"),
    path("figures/table.csv", figures.figures_csv, name="figures-csv"),
    path("figures/districts.geojson", figures.outlines, name="outlines"),
]
_log = [
    path("searches", logbook.own_searches, name="searches"),
    path("log", logbook.entries, name="log"),
    path("log/entries/<number:number>", logbook.entry, name="entry"),
    path("log/verify", logbook.verify, name="verify"),
    path("log/verify/<number:run>", logbook.verification, name="verification"),
]
_access = [
    path("orders", orders.desk, name="orders"),
    path("orders/new", orders.draw_up, name="order-form"),
    path("orders/propose", orders.propose, name="propose"),
    path("orders/proposals/<number:number>", orders.proposal, name="proposal"),
    path("orders/proposals/<number:number>/approve", orders.approve, name="approve"),
    path("orders/proposals/<number:number>/withdraw", orders.withdraw, name="withdraw"),
    path("orders/<slug:identity>", orders.order, name="order"),
    path("orders/proposals/<number:number>/tell", order_acts.tell, name="tell-partners"),
    path("orders/<slug:identity>/lift", order_acts.lift, name="lift"),
    path("orders/<slug:identity>/change", order_acts.change, name="change-order"),
    path("orders/<slug:identity>/confirm", order_acts.confirm, name="confirm-order"),
    path("orders/<slug:identity>/packet", order_acts.packet, name="packet"),
    path("agencies", registry.agencies, name="agencies"),
    path("agencies/add", registry.add_agency, name="add-agency"),
    path("agencies/<str:path>", registry.agency, name="agency"),
    path("agencies/<str:path>/affiliate", registry.affiliate, name="affiliate"),
    path("agencies/<str:path>/place", registry.place_agency, name="place-agency"),
    path("agencies/<str:path>/end", registry.end_affiliation, name="end-affiliation"),
    path("officers", accounts.officers, name="officers"),
    path("officers/request", accounts.request_account, name="request-account"),
    path("officers/certify", accounts.certify, name="certify"),
    path("officers/disable", accounts.disable, name="disable"),
    path("officers/reinstate", accounts.reinstate, name="reinstate"),
    path("officers/release", accounts.release, name="release"),
]
# Names that begin with account_ and mfa_ are those by which allauth finds its own pages.
_account = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("confirm", sign_in.confirm, name="confirm"),
    path("account/", sign_in.account, name="account"),
    path(
        "account/login", RedirectView.as_view(pattern_name="sign-in", query_string=True), name="account_login"
    ),
    path("account/logout", sign_in.sign_out, name="account_logout"),
    path("account/again", account_views.reauthenticate, name="account_reauthenticate"),
    path("account/password", account_views.password_change, name="account_change_password"),
    path("account/first-password", account_views.password_set, name="account_set_password"),
    path("account/factors", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("account/second-factor", factor_views.authenticate, name="mfa_authenticate"),
    path("account/factor-again", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("account/authenticator/", include(totp_urls)),
    path("account/passkeys/", include(webauthn_urls)),
    path("account/recovery-codes/", include(recovery_urls)),
    path("account/tokens", tokens.own_tokens, name="tokens"),
    path("account/tokens/create", tokens.create, name="create-token"),
    path("account/tokens/<number:token>/end", tokens.end, name="end-token"),
]
urlpatterns = [
    *_records,
    *_kept,
    *_questions,
    *_figures,
    *_log,
    *_access,
    *_account,
    path("language", set_language, name="set-language"),
    path("healthz", sign_in.healthz, name="healthz"),
]
