"""What people hold that reaches the city, as far as this room knows it: sessions and tokens."""

from collections.abc import Sequence

from django.contrib.sessions.models import Session

from openclear.access.models import SignIn, Token
from openclear.vocabulary import clock


class Sessions:
    """Sessions that are signed in and have not expired."""

    target = "sessions"

    def holders(self) -> Sequence[str]:
        """Return the holder of each open session."""
        live = Session.objects.filter(expire_date__gt=clock.now()).values_list("session_key", flat=True)
        open_now = SignIn.objects.filter(session__in=list(live))
        return list(open_now.values_list("officer__handle", flat=True))


class Tokens:
    """Tokens that have not expired."""

    target = "tokens"

    def holders(self) -> Sequence[str]:
        """Return the holder of each token."""
        live = Token.objects.filter(expires__gt=clock.now())
        return list(live.values_list("officer__handle", flat=True))
