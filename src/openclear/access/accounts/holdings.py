"""The holdings of this room, through which people reach the city: sessions and tokens.

Both only say who asks. An order does not end them, it makes them powerless: every use is refused with its reason
and counted (docs/adr/0002); the receipt proves it by deciding again.
"""

from collections.abc import Sequence

from django.contrib.sessions.models import Session

from openclear.access.models import SignIn, Token
from openclear.access.ports import Holding
from openclear.vocabulary import clock


class Sessions:
    """Sessions that are signed in and have not expired."""

    target = "sessions"
    ends = False

    def held(self) -> Sequence[Holding]:
        """Return each open session."""
        live = Session.objects.filter(expire_date__gt=clock.now()).values_list("session_key", flat=True)
        open_now = SignIn.objects.filter(session__in=list(live)).values_list("pk", "officer__handle")
        return [Holding(str(key), handle) for key, handle in open_now]

    def end(self, held: Sequence[Holding]) -> None:
        """Do nothing: every use is refused, with the reason."""


class Tokens:
    """Tokens that have not expired, of people, machines and integrations."""

    target = "tokens"
    ends = False

    def held(self) -> Sequence[Holding]:
        """Return each token."""
        live = Token.objects.filter(expires__gt=clock.now()).values_list("pk", "officer__handle")
        return [Holding(str(key), handle) for key, handle in live]

    def end(self, held: Sequence[Holding]) -> None:
        """Do nothing: every use is refused, with the reason."""
