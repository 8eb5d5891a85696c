"""The packet of an order: everything that the city's lawyers, a court or the council need, in one folder.

Order and legal basis, the plan it was based on, the receipts, a certificate from a replay of the log, and a plain
statement of what all of this does not cover.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openclear.access.orders.notices import told_of
from openclear.access.orders.queries import OrderHistoryRow, order_history, plan_of, proof_of, standing_orders
from openclear.access.orders.seen import newest_seen
from openclear.audit import log
from openclear.audit.queries import is_demo, verify
from openclear.delivery.printing import printed
from openclear.oversight.errors import NoSuchOrder
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

NOT_COVERED = (
    "Bytes that had left this system before the order: buffers of the kernel, of proxies and of clients, and pages that people had open.",
    "Copies made before the order: downloads, printouts, photographs. The log shows who was shown what; nobody can recall it.",
    "Databases of the city that are not registered here. An order reaches those that are.",
    "What is public: open data, court files, answers to requests under the Freedom of Information Act.",
    "An officer of another agency who has a lawful case and passes on what they learn. Such searches are logged and counted by case and person.",
    "Judicial warrants and court orders: they are honored, record by record, through the records desk.",
    "Names: the public log shows agencies. The inspector general checks against the affiliation entries that an agency's set of people is complete.",
)
PROVES = (
    "Nothing was removed from the log or changed in it, up to the signed checkpoint below.",
    "The log has no answer after the order that the order forbids, for anyone tied to the agency or to an agency below it.",
    "At the time of the receipts, none of these people's sessions, tokens, exports, jobs, alerts or links was still answered.",
)


def packet_of(grant: Grant, *, order: str) -> dict[str, Any]:
    """Return the facts of a packet. Replays the whole log, which takes that long. Raises NoSuchOrder."""
    grant.require(Action.REGISTRY_LIST)
    states = [row for row in order_history() if row.order == order]
    if not states:
        message = f"There is no order {order}; see openclear orders."
        raise NoSuchOrder(message)
    first = states[0]
    standing = next((row for row in standing_orders() if row.id == order), None)
    return {
        "order": {
            "id": order, "agency": first.agency, "legal_ground": first.legal_basis, "state": states[-1].state,
            "scope": standing.scope if standing else "-", "purposes": standing.purposes if standing else "-",
            "also_holds_over": list(standing.places) if standing else [],
            "states": [_state(row) for row in states],
        },
        "plan": plan_of(order),
        "told_beforehand": list(told_of(grant, agency=first.agency)),
        "receipts": [
            {"epoch": epoch, "targets": [asdict(item) for item in items]} for epoch, items in proof_of(order)
        ],
        "certificate": _certificate(first.agency),
        "proves": list(PROVES),
        "does_not_cover": list(NOT_COVERED),
        "demonstration": is_demo(),
        "made": clock.stamp(clock.now()),
    }  # fmt: skip


def write_packet(grant: Grant, *, order: str, directory: Path) -> list[Path]:
    """Write a packet into an empty or new folder, as JSON and as a PDF, and return the files.

    Raises WrongUsage if the folder is not empty, NoSuchOrder.
    """
    grant.require(Action.REGISTRY_LIST)
    if directory.exists() and any(directory.iterdir()):
        raise WrongUsage(f"{directory} is not empty; name a new folder for the packet.")
    facts = packet_of(grant, order=order)
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name in ("order", "plan", "receipts", "certificate", "does_not_cover"):
        path = directory / f"{name.replace('_', '-')}.json"
        path.write_text(json.dumps(facts[name], indent=2, ensure_ascii=False) + "\n")
        written.append(path)
    pdf = directory / f"order-{order}.pdf"
    pdf.write_bytes(as_pdf(facts))
    return [pdf, *written]


@without_grant("prints what it is given")
def as_pdf(facts: Mapping[str, Any]) -> bytes:
    """Return a packet as a document to read and file."""
    return printed(_PAGES.encode(), facts)[0]


def _state(row: OrderHistoryRow) -> dict[str, Any]:
    return {
        "state": row.state, "ground": row.legal_basis, "ordered_by": row.ordered_by, "approved_by": row.approved_by,
        "document": row.document, "review_on": str(row.review_on or ""), "epoch": row.epoch, "entry": row.entry,
        "at": clock.stamp(row.moment) if row.moment else "",
    }  # fmt: skip


def _certificate(agency: str) -> dict[str, Any]:
    seen = newest_seen()
    note = log.checkpoint()
    result = verify(seen=seen)
    return {
        "log_is_whole": result.ok, "faults": result.faults, "entries": result.size, "root": result.root,
        "agency": agency, "counts": result.agency(agency), "checkpoint": note,
        "verifier_key": log.key_line(), "check_it": f"python3 -I verify.py . --agency {agency}",
    }  # fmt: skip


_PAGES = """
#let f = json(bytes(sys.inputs.facts))
#set document(title: "Order " + f.order.id)
#set text(size: 10pt, lang: "en")
#set page(paper: "us-letter", margin: 2cm, footer: context [#text(size: 7pt)[Order #f.order.id · made #f.made · page #counter(page).display()]])
#set heading(numbering: none)
#let pair(a, b) = (strong(a), [#b])
#if f.demonstration [#block(fill: luma(230), inset: 6pt, width: 100%)[*Demonstration:* every person and agency in it is invented.]]
#if f.replaced != "" [#f.replaced]
= Order #f.order.id: access of #raw(f.order.agency)
#table(columns: (auto, 1fr), stroke: none,
  ..pair("State", f.order.state), ..pair("Legal basis", f.order.legal_ground),
  ..pair("Data sets", if type(f.order.scope) == str { f.order.scope } else { f.order.scope.join(", ") }),
  ..pair("Purposes", if type(f.order.purposes) == str { f.order.purposes } else { f.order.purposes.join(", ") }),
  ..pair("Covers", (f.order.agency + " and all below it", ..f.order.also_holds_over).join(", ")))
== States
#table(columns: (auto, 1fr, auto, auto), stroke: 0.4pt + gray, table.header([*State*], [*Legal basis, document*], [*Ordered, approved by*], [*Entry*]),
  ..f.order.states.map(s => ([#s.state #linebreak() #text(size: 7pt, s.at)], [#s.ground #s.document], [#s.ordered_by #s.approved_by], [#s.entry])).flatten())
== Plan it was based on
#if f.plan.len() == 0 [No plan was kept.] else [
#f.plan.people.len() people lose access, #f.plan.unaffected keep theirs. Agencies that keep theirs: #f.plan.agencies.join(", "). Notified beforehand: #if f.told_beforehand.len() == 0 [none] else [#f.told_beforehand.join(", ")].
#table(columns: (1fr, auto, auto), stroke: 0.4pt + gray, table.header([*What*], [*reached*], [*not reached*]), ..f.plan.targets.map(t => ([#t.at(0)], [#t.at(1)], [#t.at(2)])).flatten())]
== Receipts
#for r in f.receipts [Epoch #r.epoch
#table(columns: (1fr, auto, auto, auto), stroke: 0.4pt + gray, table.header([*Target*], [*Proof*], [*before*], [*after*]), ..r.targets.map(t => ([#t.target], [#t.state], [#t.before], [#t.after])).flatten())]
== Certificate
The log of #f.certificate.entries entries was replayed: #if f.certificate.log_is_whole [it is complete.] else [*it is not complete.*]
For #raw(f.certificate.agency) and all below it: #f.certificate.counts.allowed answers in all (#f.certificate.counts.allowed_under_order that an order in force forbade), #f.certificate.counts.refused refusals (#f.certificate.counts.refused_under_order under it).
#raw(block: true, f.certificate.checkpoint)
This proves:
#list(..f.proves)
== What all of this does not cover
#list(..f.does_not_cover)
"""
