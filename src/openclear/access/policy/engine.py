"""Cedar behind a wrapper that fails closed. Pure: facts in, rules out.

Cedar allows if an entity is missing, an id is misspelled, or a forbid fails. So the wrapper builds the
whole entity graph itself, always passes the schema, and treats any error as a refusal.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import cedarpy

from openclear.access.errors import PolicyFault
from openclear.access.policy.facts import OrderRow, RequesterClass
from openclear.access.policy.forbids import forbid_text
from openclear.vocabulary.actions import RECORD_DATASETS, Dataset
from openclear.vocabulary.agencies import chains, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Clearance, Inquiry
from openclear.vocabulary.labels import Label, label_name, united
from openclear.vocabulary.rules import Rule, Verdict

ANNOTATIONS = ("id", "because", "source", "next_step")
# The fields that a rule can hide, by dataset.
HIDEABLE: Mapping[Dataset, tuple[str, ...]] = {
    Dataset.INCIDENTS: ("narrative", "people"),
    Dataset.PEOPLE: ("home_address",),
}
NO_RULE = Rule(
    "no-rule-permits",
    "No rule permits your role to do this for this purpose",
    "Design of OpenCLEAR: refused by default",
    "Ask your access administrator which purposes your role and agreement cover.",
)
POLICY_ERROR = Rule(
    "policy-error",
    "The rules could not be applied, so the answer is no",
    "Design of OpenCLEAR, law 4",
    "Try again; if it persists, call the operator.",
)
_PRINCIPAL = {"type": "Officer", "id": "asker"}
# Rows without a label.
_PLAIN = "none"
# What Cedar is asked about, not row by row: the rows of each label, and the fields that can be hidden.
_ROW_CLASSES = tuple(
    (dataset, name)
    for dataset in RECORD_DATASETS
    for name in (_PLAIN, *(label_name(label) for label in Label))
)
_FIELDS = tuple((dataset, name) for dataset in RECORD_DATASETS for name in HIDEABLE.get(dataset, ()))


class Policies:
    """The written rules and, for one set of orders, the forbids made from them."""

    def __init__(self, texts: Iterable[str], schema: str) -> None:
        """Read the rules. Raises PolicyFault on a policy without id, reason, source or next step, or one that the schema refuses."""
        self.text = "\n".join(texts)
        self._schema_text = schema
        self.digest = hashlib.sha256((self.text + schema).encode()).hexdigest()
        self._schema = cedarpy.Schema.from_str(schema)
        self.rules = _rules_of(self.text)
        _validate(self.text, schema)

    def under(self, orders: Sequence[OrderRow]) -> "Engine":
        """Return the engine for these orders: each becomes a forbid next to the written rules."""
        forbids = "\n".join(forbid_text(order) for order in orders)
        _validate(forbids, self._schema_text)
        return Engine(
            cedarpy.PolicySet.from_str(f"{self.text}\n{forbids}"),
            self._schema,
            self.rules | self._added(forbids),
        )

    def _added(self, forbids: str) -> dict[str, Rule]:
        # Cedar numbers policies in sequence, so those of the orders follow the written ones.
        first = len(self.rules)
        return {
            f"policy{first + int(name.removeprefix('policy'))}": rule
            for name, rule in _rules_of(forbids).items()
        }


class Engine:
    """Decides under one set of orders."""

    def __init__(
        self, policies: cedarpy.PolicySet, schema: cedarpy.Schema, rules: Mapping[str, Rule]
    ) -> None:
        """`rules`: Cedar's own policy ids and the rule behind each."""
        self._policies, self._schema, self._rules = policies, schema, rules

    def decide(self, requester_class: RequesterClass, inquiry: Inquiry) -> Verdict:
        """Return the verdict on the request itself, and the rules that decided it."""
        return self._ask(requester_class, inquiry, str(inquiry.action), [_dataset(inquiry.action.dataset)])[0]

    def clearances(self, requester_class: RequesterClass, inquiry: Inquiry) -> dict[Dataset, Clearance]:
        """Return what the requester sees of every dataset: Cedar is asked per label and field, not per row."""
        rows = self._seen(requester_class, inquiry, "RecordClass", "label", _ROW_CLASSES)
        fields = self._seen(requester_class, inquiry, "Field", "name", _FIELDS)
        shown = {asked for asked, seen in zip(_ROW_CLASSES, rows, strict=True) if seen.allowed}
        named = {asked for asked, seen in zip(_FIELDS, fields, strict=True) if seen.allowed}
        return {dataset: _clearance(dataset, shown, named) for dataset in RECORD_DATASETS}

    def seen(
        self,
        requester_class: RequesterClass,
        inquiry: Inquiry,
        dataset: Dataset,
        *,
        label: str = "",
        name: str = "",
    ) -> Verdict:
        """Return whether one class of rows (`label`) or one field (`name`) is shown, and the rules that decide it."""
        kind, attribute = ("RecordClass", "label") if label else ("Field", "name")
        return self._seen(requester_class, inquiry, kind, attribute, [(dataset, label or name)])[0]

    def _seen(
        self,
        requester_class: RequesterClass,
        inquiry: Inquiry,
        kind: str,
        attribute: str,
        classes: Sequence[tuple[Dataset, str]],
    ) -> list[Verdict]:
        # All in one question: the entities are read and checked against the schema once.
        resources = [
            _entity(kind, f"{dataset} {name}", {"dataset": str(dataset), attribute: name})
            for dataset, name in classes
        ]
        return self._ask(
            requester_class, inquiry, "row.see" if kind == "RecordClass" else "field.see", resources
        )

    def _ask(
        self,
        requester_class: RequesterClass,
        inquiry: Inquiry,
        action: str,
        resources: Sequence[Mapping[str, Any]],
    ) -> list[Verdict]:
        request = {
            "principal": _PRINCIPAL,
            "action": {"type": "Action", "id": action},
            "context": _context(inquiry),
        }
        requests = [request | {"resource": resource["uid"]} for resource in resources]
        try:
            entities = cedarpy.Entities.from_json_str(_entities(requester_class, resources), self._schema)
        except ValueError:
            return [Verdict(allowed=False, rules=(POLICY_ERROR,))] * len(requests)
        results = cedarpy.is_authorized_batch(requests, self._policies, entities, self._schema)
        return [self._decision(result) for result in results]

    def _decision(self, result: cedarpy.AuthzResult) -> Verdict:
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return Verdict(allowed=False, rules=(POLICY_ERROR,))
        rules = sorted(
            (self._rules[reason] for reason in result.diagnostics.reasons), key=lambda rule: rule.id
        )
        return Verdict(allowed=result.allowed, rules=tuple(rules) or (NO_RULE,))


def _context(inquiry: Inquiry) -> dict[str, Any]:
    event = inquiry.ground.event if inquiry.ground else None
    return {
        "purpose": str(inquiry.purpose),
        "groundNamed": bool(inquiry.case),
        "groundOpen": inquiry.ground is not None and inquiry.ground.is_open,
        "atDesk": inquiry.at_desk,
        "stop": str(event.purpose) if event else "",
        "stopCovers": inquiry.covered,
    }


def _clearance(
    dataset: Dataset, rows: AbstractSet[tuple[Dataset, str]], fields: AbstractSet[tuple[Dataset, str]]
) -> Clearance:
    # `rows`, `fields`: the labels of rows, and the fields, that the requester sees.
    if (dataset, _PLAIN) not in rows:
        return Clearance(dataset, united(Label), frozenset(HIDEABLE.get(dataset, ())), nothing=True)
    refused = [label for label in Label if (dataset, label_name(label)) not in rows]
    hidden = [name for name in HIDEABLE.get(dataset, ()) if (dataset, name) not in fields]
    return Clearance(dataset, united(refused), frozenset(hidden))


def _rules_of(text: str) -> dict[str, Rule]:
    parsed = json.loads(cedarpy.policies_to_json_str(text))
    if parsed["templates"]:
        raise PolicyFault("A policy file contains a template; write out each rule.")
    return {name: _rule(policy["annotations"]) for name, policy in parsed["staticPolicies"].items()}


def _rule(annotations: Mapping[str, str]) -> Rule:
    missing = [name for name in ANNOTATIONS if name not in annotations]
    if missing:
        message = f"Policy {annotations.get('id', '?')} lacks @{', @'.join(missing)}; every rule must give its reason and its source."
        raise PolicyFault(message)
    return Rule(*(annotations[name] for name in ANNOTATIONS))


def _validate(text: str, schema: str) -> None:
    result = cedarpy.validate_policies(text, schema)
    if not result.validation_passed:
        message = f"The policies do not fit their schema: {'; '.join(str(error) for error in result.errors)}"
        raise PolicyFault(message)


def _entities(requester_class: RequesterClass, resources_asked: Sequence[Mapping[str, Any]]) -> str:
    links = chains(requester_class.agencies)
    agencies = [_entity("Agency", link, parents=[link.rpartition(".")[0]]) for link in links]
    attributes = {
        "roles": list(requester_class.roles),
        "host": requester_class.host,
        "onlyHost": all(is_within(agency, city().host) for agency in requester_class.agencies),
        "agreed": requester_class.agreed,
        "certified": requester_class.certified,
        "machine": bool(requester_class.machine_purpose),
        "purpose": requester_class.machine_purpose,
        "datasets": list(requester_class.datasets),
    }
    asker = _entity("Officer", "asker", attributes, parents=requester_class.agencies)
    return json.dumps([*agencies, asker, *resources_asked])


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return _entity("Dataset", dataset, {"name": str(dataset), "ofRecords": dataset.is_of_records})


def _entity(
    kind: str, name: str, attributes: Mapping[str, Any] | None = None, parents: Iterable[str] = ()
) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": str(name)},
        "attrs": dict(attributes or {}),
        "parents": [{"type": "Agency", "id": parent} for parent in parents if parent],
    }
