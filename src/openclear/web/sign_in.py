"""Who is at the keyboard. In a demonstration city one picks a member of the cast; elsewhere sign-in is by token."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openclear.access.commands import note_sign_in
from openclear.access.queries import officer_of_token, officers
from openclear.audit.queries import is_demo


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the cast (demo) or a field for a token, and begin a session. Tells nothing of any record."""
    if request.method == "GET":
        return _form(request, "", 200)
    handle = _picked(request)
    person = next((row for row in officers() if row.handle == handle and not row.is_machine), None)
    if person is None:
        return _form(request, gettext("Nobody could be signed in with this; check it and try again."), 403)
    request.session.cycle_key()
    request.session["officer"], request.session["officer_name"] = person.handle, person.name
    request.session.save()
    note_sign_in(str(request.session.session_key), person.handle)
    return HttpResponseRedirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server (CJIS Security Policy AC-12)."""
    request.session.flush()
    return HttpResponseRedirect("/sign-in")


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; says nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _picked(request: HttpRequest) -> str | None:
    if is_demo() and request.POST.get("officer"):
        return str(request.POST["officer"])
    return officer_of_token(str(request.POST.get("token", "")))


def _form(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    people = [row for row in officers() if not row.is_machine] if is_demo() else []
    return render(request, "web/sign_in.html", {"people": people, "problem": problem}, status=status)
