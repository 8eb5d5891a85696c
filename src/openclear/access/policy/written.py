"""The rules that ship with this version: their texts, their schema, and the tables that the documents show."""

import json
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable

import cedarpy

from openclear.access.policy.engine import Policies
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.city import city

ASKING, STOPS, SEEING, SCHEMA = "asking.cedar", "stops.cedar", "seeing.cedar", "openclear.cedarschema"


def load_policies() -> Policies:
    """Return the rules that ship with this version, with the sources of this city. Raises PolicyFault, WrongUsage."""
    return Policies([_of_city(_asking()), _of_city(_text(SEEING))], schema())


def schema() -> str:
    """Return what a policy may name: the written facts, and every act of the vocabulary."""
    acts = ", ".join(f'"{action}"' for action in Action)
    applies = "principal: [Officer], resource: [Dataset], context: Inquiry"
    return f"{_text(SCHEMA)}action {acts}\n  appliesTo {{ {applies} }};\n"


def reference() -> tuple[str, str]:
    """Return the tables of `docs/rules.md`: who may ask what, and what exists for whom."""
    return _table(_of_city(_asking())), _table(_of_city(_text(SEEING)))


def _asking() -> str:
    # A kind of record with its own rules has them in its own file.
    return "\n".join(
        [
            _text(ASKING),
            _text(STOPS),
            *(_text(name) for name in map("{}.cedar".format, RECORD_DATASETS) if _file(name).is_file()),
        ]
    )


def _table(text: str) -> str:
    parsed = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    in_order = sorted(parsed.items(), key=lambda item: int(item[0].removeprefix("policy")))
    return "\n".join(
        ["| rule | effect | because | source |", "|---|---|---|---|", *_rows(dict(in_order).values())]
    )


def _rows(policies: Iterable[dict[str, dict[str, str]]]) -> list[str]:
    rows = []
    for policy in policies:
        says = policy["annotations"]
        rows.append(f"| `{says['id']}` | {policy['effect']} | {says['because']} | {says['source']} |")
    return rows


def _text(name: str) -> str:
    return _file(name).read_text()


def _of_city(text: str) -> str:
    # Rules name the city's own documents, such as $members; the rules that decide, are kept and are shown have them written out.
    return city().source(text)


def _file(name: str) -> Traversable:
    return resources.files("openclear.access.policy").joinpath(name)
