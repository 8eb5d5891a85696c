"""Filters of the officer site: codes as words, links that keep purpose and case."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from openclear.access.errors import Refused
from openclear.access.policy.facts import OrderRow
from openclear.access.registry.queries import name_of
from openclear.audit.rows import EntryRow
from openclear.oversight.could_see import time_of
from openclear.records.found import Reason
from openclear.records.kinds import SEARCHED
from openclear.records.stops.rows import StopRow
from openclear.records.stops.rules import PURPOSE_OF, is_number
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.city import city
from openclear.vocabulary.profile import Words
from openclear.web.orders.proposed_words import (
    ANOTHER_APPROVER,
    APPROVALS,
    END_OF_TIE,
    HEADINGS,
    MEANINGS,
    OR,
    PROPOSED,
)
from openclear.web.words import ALIAS, REASONS, UNRECORDED, WORDS

register = template.Library()
_CUT = re.compile(r"Access of (.+) is cut off")
_END_TIE = re.compile(r"End the tie of (\S+) in the same act \(--end-tie \S+\)")
_UNDER = re.compile(r"(.+) \(([a-z-]+)\)")


@register.filter
def words(code: object) -> str:
    """Return the words for a code, or the code itself if it is already a name."""
    return str(WORDS.get(str(code), str(code)))


@register.filter
def person(handle: str) -> str:
    """Return a person's name with the handle, such as `Irena Novak (novak)`; what is no handle as it is."""
    name = name_of(str(handle or ""))
    return f"{name} ({handle})" if name else str(handle or "")


@register.filter
def proposed(kind: str) -> str:
    """Return what is proposed, as words before the agency."""
    return str(PROPOSED[kind])


@register.filter
def meaning(kind: str) -> str:
    """Return the effect of a proposal once it is approved."""
    return str(MEANINGS[kind])


@register.filter
def approval(kind: str) -> str:
    """Return the label of the button that approves a proposal."""
    return str(APPROVALS[kind])


@register.filter
def heading(name: str) -> str:
    """Return the heading of one list of a proposal's consequences."""
    return str(HEADINGS[name])


@register.filter
def told(items: Sequence[object]) -> str:
    """Return one list of a proposal's consequences in readable form."""
    return ", ".join(_told(item) for item in items)


def _told(item: object) -> str:
    if isinstance(item, list | tuple):
        return " ".join(words(part) for part in item)
    under = _UNDER.fullmatch(str(item))
    return f"{under[1]} ({words(under[2])})" if under else words(item)


@register.filter
def named_order(order: OrderRow) -> str:
    """Return an order that is not lifted, or the draft of one that is proposed, as a link."""
    number = order.id.removeprefix("proposal ")
    place = reverse("order", args=[number]) if number == order.id else reverse("proposal", args=[number])
    kind = gettext("order") if number == order.id else gettext("proposal")
    return format_html('<a href="{}">{} {}</a> ({})', place, kind, number, words(order.state))


@register.filter
def way_out(next_step: str) -> str:
    """Return the ways to make an order possible that cannot be given, as the desk offers them, in the reader's language."""
    ways = [_way(way) for way in next_step.rstrip(".").split("; or ")]
    # A way that is one whole sentence in the catalog is not a list of ways.
    return gettext(next_step) if gettext(next_step) != next_step else str(OR).join(ways) + "."


def _way(way: str) -> str:
    end = _END_TIE.fullmatch(way)
    if end:
        return str(END_OF_TIE) % {"handle": end[1]}
    return str(ANOTHER_APPROVER) if way == "register another approver first" else way


@register.filter
def why(reason: Reason) -> str:
    """Return the sentence that says why a row was found."""
    number = {"rd-number": _city().incident_number, "cb-number": _city().arrest_number}.get(reason.code, "")
    said = str(REASONS[reason.code]) % {"asked": reason.asked, "found": reason.found, "number": number}
    return str(ALIAS) % {"reason": said} if reason.alias else said


def _city() -> Words:
    return city().words_in(get_language() or "en")


@register.filter
def unrecorded(column: str) -> str:
    """Return that nothing is recorded in a column, as words."""
    return str(UNRECORDED[column])


@register.filter
def found_by(kind: str) -> str:
    """Return by what a kind of record is found, in the reader's language."""
    said = gettext(SEARCHED[kind].words["takes"])
    return said % {"incident": _city().incident_number, "arrest": _city().arrest_number}


@register.filter
def of(mapping: dict[object, object], key: object) -> object:
    """Return the value of `key` in `mapping`, or nothing."""
    return mapping.get(key, ())


@register.filter
def plainly(value: object) -> str:
    """Return a value of an entry in readable form: lists with commas."""
    return ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)


@register.filter
def outside(named: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a receipt lists as not observable, each as its kind and its name."""
    return [(kind, name) for kind, _, name in (item.partition(" ") for item in named)]


@register.filter
def signed(change: float) -> str:
    """Return a change with its sign, to one digit after the point."""
    return f"{change:+.1f}"


@register.filter
def made_at(entry: EntryRow) -> str:
    """Return when an entry was made, by the city's clock."""
    return time_of(entry)


@register.filter
def because_of(refused: Refused) -> str:
    """Return why something is refused, in the reader's language if the catalog has it."""
    return "; ".join(_sentence(rule.because) for rule in refused.verdict.rules)


@register.filter
def sentence(text: str) -> str:
    """Return a rule's reason or next step in the reader's language if the catalog has it."""
    return _sentence(text)


def _sentence(because: str) -> str:
    cut = _CUT.fullmatch(because)
    return gettext("Access of %(agency)s is cut off") % {"agency": cut[1]} if cut else gettext(because)


@register.filter
def steps_after(refused: Refused) -> str:
    """Return what the reader can lawfully do now, in their language if the catalog has it."""
    steps = [gettext(rule.next_step) for rule in refused.verdict.rules if rule.next_step]
    return " ".join(steps) or gettext(refused.next_step)


@register.simple_tag
def reasoned(asked: dict[str, str]) -> str:
    """Return the end of a URL with the reason: `?purpose=...&case=...`, and on whose behalf."""
    return "?" + urlencode(_reason(asked))


@register.simple_tag
def part_of(asked: dict[str, str], chosen: Any, **other: object) -> str:
    """Return the end of a URL with the reason and the part of a record that is shown, but for `other`."""
    kept = facts_of(chosen) | other
    return "?" + urlencode(_reason(asked) | {name: value for name, value in kept.items() if value})


@register.simple_tag
def asked_again(asked: Any, **other: object) -> str:
    """Return the end of a URL that asks the same question, but for `other`; a value of "" leaves a field out."""
    return "?" + urlencode({name: value for name, value in (facts_of(asked) | other).items() if value})


def _reason(asked: dict[str, str]) -> dict[str, str]:
    reason = {"purpose": asked.get("purpose", ""), "case": asked.get("case", "")}
    other = asked.get("on_behalf_of", "")
    return reason | ({"on_behalf_of": other} if other else {})


@register.filter
def is_stop(case: str) -> bool:
    """Say whether a case is a stop or call, of which nothing is kept and no link is given."""
    return is_number(case)


@register.simple_tag
def own_plate(stop: StopRow) -> str:
    """Return the end of a URL that looks up the plate of the reader's own stop or call, for that stop."""
    asked = {"q": stop.plate, "kind": "vehicles", "purpose": PURPOSE_OF[stop.kind], "case": stop.number}
    return "?" + urlencode(asked)
