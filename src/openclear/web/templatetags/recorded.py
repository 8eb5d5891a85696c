"""Filters for values of records and entries, in the reader's language."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language

from openclear.vocabulary.recorded import in_language
from openclear.web.data_words import COLORS, ENTRY_KINDS, EYES, HAIR, IDENTIFIERS, LABELS, OBJECTS, VERBS

register = template.Library()


@register.filter
def recorded(text: str) -> str:
    """Return what the city records in its own words, in the reader's language if its profile has the words."""
    return in_language(text, get_language() or "en")


@register.filter
def hair(value: str) -> str:
    """Return the words for the color of hair."""
    return _word(HAIR, value)


@register.filter
def eyes(value: str) -> str:
    """Return the words for the color of eyes."""
    return _word(EYES, value)


@register.filter
def color(value: str) -> str:
    """Return the words for the color of a vehicle."""
    return _word(COLORS, value)


@register.filter
def identifier(kind: str) -> str:
    """Return the words for a kind of identifier."""
    return str(IDENTIFIERS.get(kind.upper(), kind))


@register.filter
def labels(names: Sequence[str]) -> str:
    """Return handling labels as a list."""
    return ", ".join(str(LABELS.get(name, name)) for name in names)


@register.filter
def entry_kind(kind: str) -> str:
    """Return the words for the kind of an entry."""
    return str(ENTRY_KINDS.get(kind, kind))


@register.filter
def act(action: str) -> str:
    """Return the words for an act, such as `person: search` for `person.search`."""
    noun, _, verb = action.partition(".")
    return f"{OBJECTS.get(noun, noun)}: {VERBS.get(verb, verb)}" if verb else action


def _word(known: Mapping[str, str | Promise], value: str) -> str:
    return str(known.get(value.upper(), value.lower()))
