"""Words of the public pages: names of offense types as people write them, in the page's language."""

from django import template
from django.utils.translation import gettext

from openclear.citizen.words import TYPES

register = template.Library()


@register.filter
def offense(primary_type: str) -> str:
    """Return a primary type in words: `MOTOR VEHICLE THEFT` becomes Motor vehicle theft."""
    if not primary_type:
        return gettext("Type not told")
    return str(TYPES.get(primary_type, primary_type.capitalize()))


@register.filter
def share(count: int, of: int) -> str:
    """Return a count as a share of the largest, in per cent, for the length of a bar."""
    return f"{100 * count / of:.1f}" if of else "0"
