"""Saved work: exports, alerts, links. Each use asks the gate about the same question."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from openclear.access import gate
from openclear.delivery import alerts, exports, links
from openclear.delivery.links.rows import LinkRow
from openclear.delivery.rules import CHANNELS, FORMATS, PART, range_of
from openclear.records.kinds import searched
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.web.guard import (
    LONGEST,
    address_of,
    ask,
    ask_reasoned,
    behind_gate,
    field,
    redirected,
    rendered_together,
)
from openclear.web.search.filters import ask_narrowed


@require_GET
@behind_gate
def saved(request: HttpRequest) -> HttpResponse:
    """Show the reader's exports, alerts and links."""
    keys = [_keeping(request, action) for action in (Action.EXPORT_KEEP, Action.ALERT_KEEP, Action.LINK_KEEP)]
    return rendered_together(
        request, "web/saved.html", [(key, ()) for key in keys], exports=exports.own_exports(keys[0]),
        alerts=alerts.own_alerts(keys[1]), links=links.own_links(keys[2]), channels=CHANNELS, formats=FORMATS,
    )  # fmt: skip


@require_POST
@behind_gate
def ask_export(request: HttpRequest) -> HttpResponse:
    """Queue an export of everything that a search finds."""
    kind = searched(field(request, "kind"))
    text, format_name = field(request, "q"), field(request, "format")
    grant, filters = ask_narrowed(request, kind, text, format=format_name)
    keeping = _keeping(request, Action.EXPORT_KEEP)
    exports.request_export(
        grant, kind=str(kind.dataset), text=text, filters=_values(filters), format_name=format_name
    )
    return redirected(keeping, "saved")


@require_GET
@behind_gate
def export_file(request: HttpRequest, export: UUID, part: int = 0) -> HttpResponse:
    """Return one range of an export, at most 1 MB: part by part, or by the Range header (RFC 9110)."""
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
    # Both are decided again before it leaves: the content of the file, and whether its owner may keep files at all.
    answer: HttpResponse = gate.release_together(response, [(grant, ()), (keeping, ())])
    return answer


@require_POST
@behind_gate
def end_export(request: HttpRequest, export: UUID) -> HttpResponse:
    """End an export and remove its file."""
    grant = _keeping(request, Action.EXPORT_KEEP, export=str(export))
    exports.end_export(grant, export=export)
    return redirected(grant, "saved")


@require_POST
@behind_gate
def keep_alert(request: HttpRequest) -> HttpResponse:
    """Save an alert on a search."""
    kind = searched(field(request, "kind"))
    keeping = _keeping(request, Action.ALERT_KEEP)
    text, channel, address = (field(request, name) for name in ("q", "channel", "address"))
    grant, filters = ask_narrowed(request, kind, text, channel=channel, sent_to=address)
    alerts.keep_alert(
        grant,
        kind=str(kind.dataset),
        text=text,
        filters=_values(filters),
        channel=channel or "page",
        address=address,
    )
    return redirected(keeping, "saved")


@require_POST
@behind_gate
def end_alert(request: HttpRequest, alert: UUID) -> HttpResponse:
    """End an alert."""
    grant = _keeping(request, Action.ALERT_KEEP, alert=str(alert))
    alerts.end_alert(grant, alert=alert)
    return redirected(grant, "saved")


@require_POST
@behind_gate
def give_link(request: HttpRequest) -> HttpResponse:
    """Make a link to the open record, for a colleague."""
    kind = searched(field(request, "kind"))
    keeping = _keeping(request, Action.LINK_KEEP)
    grant = ask_reasoned(request, kind.view_action, record=field(request, "record"))
    links.give_link(grant, kind=str(kind.dataset), record=_record(field(request, "record")))
    return redirected(keeping, "saved")


@require_POST
@behind_gate
def end_link(request: HttpRequest, link: UUID) -> HttpResponse:
    """End a link."""
    grant = _keeping(request, Action.LINK_KEEP, link=str(link))
    links.end_link(grant, link=link)
    return redirected(grant, "saved")


@require_GET
@behind_gate
def follow(request: HttpRequest, link: UUID) -> HttpResponse:
    """Redirect the person who opens a link to the record, where the gate asks in their own name."""
    grant = ask(request, Action.DESK_OPEN, purpose=Purpose.OWN_ACCOUNT, link=str(link))
    row = links.follow_link(grant, link=link)
    reason = urlencode(_reason_on(request, grant, row))
    way = HttpResponseRedirect(f"{reverse(searched(row.kind).noun, args=[row.record])}?{reason}")
    return grant.release(way)


def _reason_on(request: HttpRequest, grant: Grant, row: LinkRow) -> dict[str, str]:
    # The link keeps its case for a person who may name that case too; it tells nobody else of it. Others use the case
    # that they chose last, or are asked to name one.
    purpose, case = Purpose(row.purpose), row.case or None
    if gate.would_allow(grant.officer, searched(row.kind).view_action, purpose=purpose, case=case):
        return {"purpose": row.purpose, "case": row.case}
    chosen = request.session.get("reason") or {"purpose": row.purpose}
    return {name: chosen.get(name, "") for name in ("purpose", "case")}


def _keeping(request: HttpRequest, action: Action, **facts: Any) -> Grant:
    return ask(request, action, purpose=Purpose.OWN_ACCOUNT, **facts)


def _values(filters: Any) -> dict[str, Any]:
    return {item.name: getattr(filters, item.name) for item in fields(filters)} if filters else {}


def _record(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongUsage("Open the record first, and make the link there.") from None
