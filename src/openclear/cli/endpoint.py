"""An endpoint as a verb: parse, ask the gate, query, release, print."""

import argparse
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from openclear.access import gate
from openclear.cli.acting import HERE, print_json
from openclear.vocabulary.endpoint import Endpoint


def answer(endpoint: Endpoint, options: argparse.Namespace, officer: str, line: Callable[[Any], str]) -> int:
    """Answer an endpoint for an officer: as JSON, or each row as one `line`. Raises Refused, WrongUsage."""
    given = {item.name: getattr(options, item.name, None) for item in fields(endpoint.params)}
    asked, wrong = endpoint.parsed(given)
    grant = gate.open_for(
        officer, endpoint.action, purpose=endpoint.purpose, details={**endpoint.facts(asked or given), **HERE}
    )
    if wrong:
        raise wrong
    found = endpoint.query(grant, asked)
    rows = grant.release(found, shown=[row.id for row in found])
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(line(row))
    return 0
