"""What somebody typed into a form that was not understood: shown again, so that they correct it and send it again."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_FIELDS, LONGEST, LONG = 40, 2000, 80
# Secrets are never shown again; the form has a secret of its own.
_SECRET = ("password", "token", "code", "secret", "credential")
_LABELS: dict[str, str | Promise] = {
    "address": _("Address for alerts by mail"),
    "agency": _("Agency"),
    "case": _("Case, dispatch event or warrant"),
    "document": _("The court's document, to suspend or resume"),
    "ground": _("Legal basis"),
    "handle": _("Handle"),
    "limit": _("Most results"),
    "mail": _("Address for alerts by mail"),
    "name": _("Name"),
    "number": _("Its number there"),
    "offense": _("Offense (the city's or NIBRS code)"),
    "officer": _("Handle"),
    "on": _("Day"),
    "on_behalf_of": _("For another agency (its path, or empty)"),
    "oris": _("Originating agency identifiers (ORI)"),
    "path": _("Path"),
    "public_basis": _("Legal basis for the public page"),
    "q": _("Search"),
    "reason": _("Why"),
    "record": _("Record (its id)"),
    "review_on": _("To be reviewed on"),
    "since": _("From"),
    "sponsor": _("Sponsor in the department (handle)"),
    "text": _("Text"),
    "title": _("Work"),
    "to": _("New path, other agency, or new name"),
    "until": _("To"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """One field as it was sent. `label`: how the page names it, "" for one that is sent again as it is."""

    name: str
    value: str
    label: str | Promise

    @property
    def is_long(self) -> bool:
        """Say whether the value needs several lines."""
        return len(self.value) > LONG or "\n" in self.value


def typed_in(request: HttpRequest) -> list[Typed]:
    """Return the fields of a form as they were sent, without secrets: the first forty, each with up to 2,000 characters.

    Nothing if there is nothing to correct.
    """
    sent = request.POST if request.method == "POST" else request.GET
    fields = [
        Typed(name, value.replace("\x00", "")[:LONGEST], _LABELS.get(name, ""))
        for name, values in sent.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    shown = [one for one in fields if not any(part in one.name.lower() for part in _SECRET)][:MOST_FIELDS]
    # A form of buttons alone has nothing to correct.
    return shown if any(one.label for one in shown) else []
