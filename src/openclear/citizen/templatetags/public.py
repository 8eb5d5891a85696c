"""Words of the public pages: names of offense types in normal spelling, in the page's language."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.forms import Form
from django.utils.translation import get_language, gettext

from openclear.citizen.words import FORMS, ORDERS, TYPES
from openclear.vocabulary.city import city

register = template.Library()


@register.filter
def offense(primary_type: str) -> str:
    """Return a primary type in words: `MOTOR VEHICLE THEFT` becomes Motor vehicle theft."""
    if not primary_type:
        return gettext("Type withheld")
    return str(TYPES.get(primary_type, primary_type.capitalize()))


@register.filter
def of_orders(codes: str | Sequence[str]) -> str:
    """Return a state or a limit of an order in words."""
    listed = [codes] if isinstance(codes, str) else codes
    return ", ".join(str(ORDERS.get(code, code.replace("-", " "))) for code in listed)


@register.filter
def day(text: str) -> date:
    """Return a day published in ISO 8601 as a date, for the page to format in its language."""
    return date.fromisoformat(text)


@register.filter
def meaning(text: str) -> str:
    """Return the meaning of a column in the page's language, with the city's word for an area."""
    return gettext(text).format(area=city().words_in(get_language() or "en").area)


@register.filter
def form(kind: str) -> str:
    """Return the type of a column in words."""
    return str(FORMS[kind])


@register.filter
def label_of(question: Form, name: str) -> str:
    """Return the label of one field of a form."""
    return str(question.fields[name].label)


@register.filter
def share(count: int, of: int) -> str:
    """Return a count as a share of the largest, in percent, for the length of a bar."""
    return f"{100 * count / of:.1f}" if of else "0"
