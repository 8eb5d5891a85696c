"""A range of days that ends before it begins, said in the reader's language."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from openclear.vocabulary.days import EndsBeforeItBegins
from openclear.vocabulary.errors import WrongUsage

Made = TypeVar("Made")


def said_here(make: Callable[..., Made], /, **values: Any) -> Made:
    """Return the row that `make` makes of these values. Raises WrongUsage, in the reader's language, for a wrong range."""
    try:
        return make(**values)
    except EndsBeforeItBegins as error:
        said = _(
            "%(last)s %(until)s is before %(first)s %(since)s: the range ends before it begins. "
            "Correct one of the two days, or leave one out."
        )
        (first, since), (last, until) = error.first, error.last
        raise WrongUsage(
            said % {"first": _(first), "since": since, "last": _(last), "until": until}
        ) from None
