"""An endpoint as a verb: parse, ask the gate, query, release, print."""

import argparse
from dataclasses import fields

from openclear.access import gate
from openclear.cli.acting import HERE, actor, print_json
from openclear.endpoints import ENDPOINTS
from openclear.vocabulary.endpoint import Endpoint


def answer(options: argparse.Namespace) -> int:
    """Answer the endpoint that the verb names: as JSON, or as text. Raises Refused, WrongUsage."""
    endpoint = next(one for one in ENDPOINTS if one.name == options.endpoint)
    officer = actor(options, getattr(options, "by", None), options.reader)
    given = {item.name: getattr(options, item.name, None) for item in fields(endpoint.params)}
    asked, wrong = endpoint.parsed(given)
    action, purpose = endpoint.act_for(officer, asked)
    grant = gate.open_for(officer, action, purpose=purpose, details={**endpoint.facts(asked), **HERE})
    if wrong:
        raise wrong
    found = endpoint.query(grant, asked)
    _print(endpoint, asked, grant.release(found, shown=endpoint.shown(found)), as_json=options.json)
    return 0


def _print(endpoint: Endpoint, asked: object, answered: object, *, as_json: bool) -> None:
    rows = answered if endpoint.is_list else [answered]
    if as_json:
        told = [endpoint.told(row) for row in rows]  # type: ignore[attr-defined] # a list, as the declaration says
        print_json(told if endpoint.is_list else told[0])
        return
    for row in rows:  # type: ignore[attr-defined] # as above
        print(endpoint.line(asked, row))
