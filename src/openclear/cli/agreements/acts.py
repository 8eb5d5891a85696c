"""Verbs on agreements: sign, renew and approve by two people, end, show, and compare a document with what was signed."""

import argparse
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from openclear.access.approvals import engine
from openclear.access.approvals.queries import kind_of
from openclear.access.proposed import ActDraft
from openclear.access.registry import agreement_acts, agreements
from openclear.access.registry.agreement_queries import AgreementDetail, TermRow
from openclear.access.registry.agreement_queries import agreement as agreement_detail
from openclear.access.registry.guarded import touched
from openclear.access.registry.terms import FACTS, read_agreement, read_renewal
from openclear.cli.acting import actor, administration, approver
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant


def agreement(options: argparse.Namespace) -> int:
    """Sign, renew, end, approve, show or check an agreement. Raises Refused, WrongUsage, NotPossible."""
    return _ACTS[options.what](options)


def _sign(options: argparse.Namespace) -> int:
    grant = _keeper(options)
    new = read_agreement({**_facts(Path(options.which)), **_document(options)})
    if not options.approved_by:
        return _proposed(grant, agreement_acts.signing_draft(new))
    agreements.sign_agreement(grant, agreement=new, approval=_approval(options))
    print(f"Agreement {new.number} with {new.agency} is signed, until {new.term.ends_on}.")
    return 0


def _renew(options: argparse.Namespace) -> int:
    grant = _keeper(options)
    told = {
        "number": options.which, "ends_on": options.ends, "data_sets": options.data_set, "purposes": options.purpose,
        **_document(options),
    }  # fmt: skip
    renewal = read_renewal(told)
    if not options.approved_by:
        return _proposed(grant, agreement_acts.renewal_draft(renewal))
    agreements.renew_agreement(grant, renewal=renewal, approval=_approval(options))
    print(f"Agreement {renewal.number} is renewed, until {renewal.ends_on}.")
    return 0


def _end(options: argparse.Namespace) -> int:
    grant = _keeper(options)
    draft = agreement_acts.ending_draft(options.which, options.reason)
    if touched(draft.agency) and not options.approved_by:
        return _proposed(grant, draft)
    approval = _approval(options) if options.approved_by else None
    agreements.end_agreement(grant, number=options.which, reason=options.reason, approval=approval)
    print(f"Agreement {options.which} is ended: nobody is answered under it any more.")
    return 0


def _approve(options: argparse.Namespace) -> int:
    number = options.which
    if not (number.isascii() and number.isdecimal()):
        raise WrongUsage(
            f"'{number}' is not the number of a proposal; it was printed when the act was proposed."
        )
    grant = _keeper(options)
    if kind_of(int(number)) not in {kind.name for kind in agreement_acts.ACTS}:
        raise NotPossible(
            f"Proposal {number} is not about an agreement; read it at the desk, and approve it there."
        )
    engine.approve(grant, number=int(number))
    print(f"Proposal {number} is approved and carried out.")
    return 0


def _show(options: argparse.Namespace) -> int:
    detail = _detail(options)
    listed = detail.listed
    print(f"{listed.number}  {listed.agency}  {listed.status}")
    for party in detail.parties:
        print(f"  party: {party}")
    for term in detail.terms:
        _print_term(term)
    return 0


def _check(options: argparse.Namespace) -> int:
    if not options.document:
        raise WrongUsage("Name the document to compare with --document FILE.")
    detail, digest = _detail(options), _digest(options.document)
    fitting = [term for term in detail.terms if term.digest == digest]
    if not fitting:
        print(
            f"{options.document.name} is not a document of agreement {detail.listed.number}: its SHA-256 is {digest}."
        )
        return 1
    print(
        f"{options.document.name} is the document of the term {fitting[-1].starts_on} - {fitting[-1].ends_on}."
    )
    return 0


_ACTS = {"sign": _sign, "renew": _renew, "end": _end, "approve": _approve, "show": _show, "check": _check}


def _print_term(term: TermRow) -> None:
    print(
        f"  {term.starts_on} - {term.ends_on}  signed by {term.signed_by} and {term.approved_by} (entry {term.entry})"
    )
    print(f"    data sets: {', '.join(term.data_sets)}")
    print(f"    purposes: {', '.join(term.purposes)}")
    print(f"    document: {term.document}, SHA-256 {term.digest}")
    for clause, where in term.clauses.items():
        print(f"    {clause}: {where}")
    if term.ended:
        print(f"    ended {term.ended:%Y-%m-%d %H:%M:%S} UTC by {term.ended_by}: {term.ended_because}")


def _proposed(grant: Grant, draft: ActDraft) -> int:
    number = engine.propose(grant, draft=draft)
    print(f"Proposal {number} waits for a second person: openclear agreement approve {number} --by OFFICER.")
    return 0


def _detail(options: argparse.Namespace) -> AgreementDetail:
    grant = administration(
        actor(options, options.by, options.by), Action.REGISTRY_LIST, agreement=options.which
    )
    found = grant.release(agreement_detail(grant, number=options.which))
    if found is None:
        raise NotPossible(f"There is no agreement {options.which}; see openclear agreements.")
    return found


def _facts(path: Path) -> Mapping[str, Any]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{path.name} is not a TOML file: {error}.") from None
    if unknown := sorted(told.keys() - FACTS):
        raise WrongUsage(
            f"{path.name} has a line '{unknown[0]}' that no agreement has; it can have {', '.join(sorted(FACTS))}."
        )
    return told


def _document(options: argparse.Namespace) -> dict[str, str]:
    if not options.document:
        return {}
    return {"document": options.document.name, "digest": _digest(options.document)}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _keeper(options: argparse.Namespace) -> Grant:
    return administration(
        actor(options, options.by, options.by), Action.REGISTRY_CHANGE, agreement=options.which
    )


def _approval(options: argparse.Namespace) -> Grant:
    return administration(approver(options.approved_by), Action.REGISTRY_CHANGE)
