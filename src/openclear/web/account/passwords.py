"""Passwords that anyone who knows the city would try."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from openclear.vocabulary.city import city

_TRIED_FIRST = ("police", "openclear", "password", "officer", "welcome", "qwerty", "letmein")
_FEWEST_OTHERS = 6


class NoPoliceWords:
    """Refuses a password that is little more than a word from the blocklist of police terms (IA-5(1)(a))."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if too little is left without such words."""
        own = f"{getattr(user, 'handle', '')} {getattr(user, 'name', '')}".casefold().split()
        rest = password.casefold()
        for word in (*_TRIED_FIRST, *_of_city(), *own):
            rest = rest.replace(word, "")
        if len(rest) < len(password) and len(rest) < _FEWEST_OTHERS:
            raise ValidationError(self.get_help_text(), code="password_of_the_trade")

    def get_help_text(self) -> str:
        """Return the help text."""
        return _("Do not build the password around a word such as police, the city's or your own name.")


def _of_city() -> list[str]:
    return city().words["en"].city.casefold().split()
