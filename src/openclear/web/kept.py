"""What officers keep: exports, alerts, links. Each use asks the gate for the very question that it answers."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from openclear.access import gate
from openclear.search import alerts, exports, links
from openclear.search.rules import CHANNELS, FORMATS, PART, SEARCH_OF, VIEW_OF, kind_of, range_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.web.asking import (
    LONGEST,
    address_of,
    answered,
    ask,
    ask_reasoned,
    field,
    moved,
    released_together,
)
from openclear.web.narrowing import ask_narrowed

_PAGE_OF = {"people": "person", "incidents": "incident", "arrests": "arrest", "vehicles": "vehicle"}


@require_GET
@answered
def kept(request: HttpRequest) -> HttpResponse:
    """Show the reader's exports, alerts and links."""
    keys = [_keeping(request, action) for action in (Action.EXPORT_KEEP, Action.ALERT_KEEP, Action.LINK_KEEP)]
    return released_together(
        request, "web/kept.html", [(key, ()) for key in keys], exports=exports.own_exports(keys[0]),
        alerts=alerts.own_alerts(keys[1]), links=links.own_links(keys[2]), channels=CHANNELS, formats=FORMATS,
    )  # fmt: skip


@require_POST
@answered
def ask_export(request: HttpRequest) -> HttpResponse:
    """Queue an export of everything that a search finds."""
    kind = kind_of(field(request, "kind"))
    text, format_name = field(request, "q"), field(request, "format")
    grant, narrow = ask_narrowed(request, SEARCH_OF[kind], kind, text, format=format_name)
    keeping = _keeping(request, Action.EXPORT_KEEP)
    exports.request_export(grant, kind=kind, text=text, narrow=_values(narrow), format_name=format_name)
    return moved(keeping, "kept")


@require_GET
@answered
def export_file(request: HttpRequest, export: UUID, part: int = 0) -> HttpResponse:
    """Hand out one range of an export, of at most 1 MB: part by part, or as the Range header asks (RFC 9110)."""
    ranged = {"part": part, "range": request.headers.get("Range", "")[:LONGEST]}
    keeping = _keeping(request, Action.EXPORT_KEEP, export=str(export), **facts_of(ranged))
    row = exports.own_export(keeping, export=export)
    asked = f"bytes={(part - 1) * PART}-{part * PART - 1}" if part else request.headers.get("Range", "")
    start, stop = range_of(asked, row.size) if row.size else (0, 0)
    grant, data = exports.open_part(
        keeping, export=export, start=start, stop=stop, address=address_of(request)
    )
    whole = (start, stop) == (0, row.size)
    response = HttpResponse(data, content_type=FORMATS[row.format], status=200 if whole or part else 206)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{row.kind}-{str(row.id)[:8]}.{row.format}"'
    )
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code == 206:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{row.size}"
    # Both are decided again as it leaves: what the file holds, and that its owner may keep files at all.
    answer: HttpResponse = gate.release_together(response, [(grant, ()), (keeping, ())])
    return answer


@require_POST
@answered
def end_export(request: HttpRequest, export: UUID) -> HttpResponse:
    """End an export and remove its file."""
    grant = _keeping(request, Action.EXPORT_KEEP, export=str(export))
    exports.end_export(grant, export=export)
    return moved(grant, "kept")


@require_POST
@answered
def keep_alert(request: HttpRequest) -> HttpResponse:
    """Keep an alert on a search."""
    kind = kind_of(field(request, "kind"))
    keeping = _keeping(request, Action.ALERT_KEEP)
    text, channel, address = (field(request, name) for name in ("q", "channel", "address"))
    grant, narrow = ask_narrowed(request, SEARCH_OF[kind], kind, text, channel=channel, sent_to=address)
    alerts.keep_alert(
        grant, kind=kind, text=text, narrow=_values(narrow), channel=channel or "page", address=address
    )
    return moved(keeping, "kept")


@require_POST
@answered
def end_alert(request: HttpRequest, alert: UUID) -> HttpResponse:
    """End an alert."""
    grant = _keeping(request, Action.ALERT_KEEP, alert=str(alert))
    alerts.end_alert(grant, alert=alert)
    return moved(grant, "kept")


@require_POST
@answered
def give_link(request: HttpRequest) -> HttpResponse:
    """Make a link to the record that is open, for a colleague."""
    kind = kind_of(field(request, "kind"))
    keeping = _keeping(request, Action.LINK_KEEP)
    grant = ask_reasoned(request, VIEW_OF[kind], record=field(request, "record"))
    links.give_link(grant, kind=kind, record=_record(field(request, "record")))
    return moved(keeping, "kept")


@require_POST
@answered
def end_link(request: HttpRequest, link: UUID) -> HttpResponse:
    """End a link."""
    grant = _keeping(request, Action.LINK_KEEP, link=str(link))
    links.end_link(grant, link=link)
    return moved(grant, "kept")


@require_GET
@answered
def follow(request: HttpRequest, link: UUID) -> HttpResponse:
    """Lead whoever opens a link to the record, where the gate asks in their own name."""
    grant = ask(request, Action.DESK_OPEN, purpose=Purpose.OWN_ACCOUNT, link=str(link))
    row = links.follow_link(grant, link=link)
    # The giver's case is the giver's: whoever follows asks on the ground that they chose last, or is told to name one.
    chosen = request.session.get("reason") or {"purpose": row.purpose, "case": ""}
    reason = urlencode({name: chosen.get(name, "") for name in ("purpose", "case")})
    way = HttpResponseRedirect(f"{reverse(_PAGE_OF[row.kind], args=[row.record])}?{reason}")
    return grant.release(way)


def _keeping(request: HttpRequest, action: Action, **facts: Any) -> Grant:
    return ask(request, action, purpose=Purpose.OWN_ACCOUNT, **facts)


def _values(narrow: Any) -> dict[str, Any]:
    return {item.name: getattr(narrow, item.name) for item in fields(narrow)} if narrow else {}


def _record(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongUsage("Open the record first, and give the link from there.") from None
