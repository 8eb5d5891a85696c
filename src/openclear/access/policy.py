"""Cedar behind a wrapper that fails closed. Pure: it is given facts and answers with rules.

Cedar allows where an entity is missing, an id is misspelled, or a forbid errs. So the wrapper builds the
whole entity graph itself, always passes the schema, and takes any error for a refusal.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

import cedarpy

from openclear.access.errors import PolicyFault
from openclear.access.rows import ALL, Ask, Decision, OrderRow, Rule, Subject
from openclear.vocabulary.actions import DATASET_OF, RECORD_DATASETS, Action, Dataset
from openclear.vocabulary.agencies import chains
from openclear.vocabulary.grants import Clearance
from openclear.vocabulary.labels import Label, label_name, united

FILES = ("asking.cedar", "seeing.cedar")
SCHEMA_FILE = "openclear.cedarschema"
ANNOTATIONS = ("id", "because", "source", "next_step")
# The fields that a rule can hide, by dataset.
HIDEABLE: Mapping[Dataset, tuple[str, ...]] = {
    Dataset.INCIDENTS: ("narrative", "people"),
    Dataset.PEOPLE: ("home_address",),
}
NO_RULE = Rule(
    "no-rule-permits",
    "No rule permits this to your role for this purpose",
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
        """Return the engine for these orders: each becomes a forbid beside the written rules."""
        text = "\n".join([self.text, *(forbid_text(order) for order in orders)])
        _validate(text, self._schema_text)
        return Engine(cedarpy.PolicySet.from_str(text), self._schema, _rules_of(text))


class Engine:
    """Answers for one set of orders."""

    def __init__(
        self, policies: cedarpy.PolicySet, schema: cedarpy.Schema, rules: Mapping[str, Rule]
    ) -> None:
        """`rules`: Cedar's own policy ids and the rule behind each."""
        self._policies, self._schema, self._rules = policies, schema, rules

    def decide(self, subject: Subject, ask: Ask) -> Decision:
        """Return the verdict on the ask itself, and the rules that settled it."""
        dataset = DATASET_OF[ask.action]
        entities = _entities(subject, [_entity("Dataset", dataset)])
        return self._ask(entities, ask, str(ask.action), {"type": "Dataset", "id": str(dataset)})

    def clearances(self, subject: Subject, ask: Ask) -> dict[Dataset, Clearance]:
        """Return what the asker sees of every dataset of records: Cedar asked per label and field, not per row."""
        return {dataset: self._clearance(subject, ask, dataset) for dataset in RECORD_DATASETS}

    def _clearance(self, subject: Subject, ask: Ask, dataset: Dataset) -> Clearance:
        if not self._sees(subject, ask, dataset, label="none"):
            return Clearance(dataset, united(Label), frozenset(HIDEABLE.get(dataset, ())), nothing=True)
        refused = [label for label in Label if not self._sees(subject, ask, dataset, label=label_name(label))]
        hidden = [
            name for name in HIDEABLE.get(dataset, ()) if not self._sees(subject, ask, dataset, name=name)
        ]
        return Clearance(dataset, united(refused), frozenset(hidden))

    def _sees(self, subject: Subject, ask: Ask, dataset: Dataset, **what: str) -> bool:
        return self._seen(subject, ask, dataset, **what).allowed

    def why(self, subject: Subject, ask: Ask, dataset: Dataset, **what: str) -> Sequence[Rule]:
        """Return the rules that settle whether a class of rows (`label`) or a field (`name`) is shown."""
        return self._seen(subject, ask, dataset, **what).rules

    def _seen(self, subject: Subject, ask: Ask, dataset: Dataset, **what: str) -> Decision:
        kind, action = ("RecordClass", "row.see") if "label" in what else ("Field", "field.see")
        resource = _entity(kind, "asked", {"dataset": str(dataset), **what})
        return self._ask(_entities(subject, [resource]), ask, action, resource["uid"])

    def _ask(self, entities: str, ask: Ask, action: str, resource: Mapping[str, str]) -> Decision:
        request = {
            "principal": _PRINCIPAL,
            "action": {"type": "Action", "id": action},
            "resource": resource,
            "context": {
                "purpose": str(ask.purpose),
                "groundNamed": ask.ground_named,
                "groundOpen": ask.ground is not None and ask.ground.is_open,
            },
        }
        result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return Decision(allowed=False, rules=(POLICY_ERROR,))
        rules = sorted(
            (self._rules[reason] for reason in result.diagnostics.reasons), key=lambda rule: rule.id
        )
        return Decision(allowed=result.allowed, rules=tuple(rules) or (NO_RULE,))


def load_policies() -> Policies:
    """Return the rules that ship with this version. Raises PolicyFault."""
    folder = resources.files("openclear.access").joinpath("policies")
    texts = [folder.joinpath(name).read_text() for name in FILES]
    return Policies(texts, folder.joinpath(SCHEMA_FILE).read_text())


def forbid_text(order: OrderRow) -> str:
    """Return the Cedar forbid made from an order: unconditional, unless the order names a scope or purposes."""
    head = (
        f"@id({_quoted('cut-off:' + order.id)})\n"
        f"@because({_quoted('Access of ' + order.agency + ' is cut off')})\n"
        f"@source({_quoted(order.ground)})\n"
        f'@next_step("Write to the general counsel of the department; a judicial criminal warrant goes to the records desk.")\n'
    )
    return "\n".join(_forbid(order, head, place) for place in (order.agency, *order.places))


def _forbid(order: OrderRow, head: str, place: str) -> str:
    who = f'principal in Agency::"{place}"'
    when = "" if order.purposes == ALL else f" when {{ {_listed(order.purposes)}.contains(context.purpose) }}"
    if order.scope == ALL:
        return f"{head}forbid ({who}, action, resource){when};"
    acts = ", ".join(f'Action::"{act}"' for act in Action if DATASET_OF[act] in order.scope)
    return f"{head}forbid ({who}, action in [{acts}], resource){when};\n{_row_forbid(order, head, who)}"


def _row_forbid(order: OrderRow, head: str, who: str) -> str:
    conditions = [f"{_listed(order.scope)}.contains(resource.dataset)"]
    if order.purposes != ALL:
        conditions.append(f"{_listed(order.purposes)}.contains(context.purpose)")
    when = " && ".join(conditions)
    return (
        f'{head}forbid ({who}, action == Action::"row.see", resource) when {{ {when} }};\n'
        f'{head}forbid ({who}, action == Action::"field.see", resource) when {{ {when} }};'
    )


def _quoted(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return json.dumps(printable, ensure_ascii=False)


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(str(name) for name in names))


def _rules_of(text: str) -> dict[str, Rule]:
    parsed = json.loads(cedarpy.policies_to_json_str(text))
    if parsed["templates"]:
        raise PolicyFault("A policy file holds a template; write each rule out.")
    return {name: _rule(policy["annotations"]) for name, policy in parsed["staticPolicies"].items()}


def _rule(annotations: Mapping[str, str]) -> Rule:
    missing = [name for name in ANNOTATIONS if name not in annotations]
    if missing:
        message = f"Policy {annotations.get('id', '?')} lacks @{', @'.join(missing)}; every rule says why and whence."
        raise PolicyFault(message)
    return Rule(*(annotations[name] for name in ANNOTATIONS))


def _validate(text: str, schema: str) -> None:
    result = cedarpy.validate_policies(text, schema)
    if not result.validation_passed:
        message = f"The policies do not fit their schema: {'; '.join(str(error) for error in result.errors)}"
        raise PolicyFault(message)


def _entities(subject: Subject, resources_asked: Sequence[Mapping[str, Any]]) -> str:
    links = chains(subject.agencies)
    agencies = [_entity("Agency", link, parents=[link.rpartition(".")[0]]) for link in links]
    attributes = {
        "roles": list(subject.roles),
        "host": subject.host,
        "agreed": subject.agreed,
        "certified": subject.certified,
        "machine": bool(subject.machine_purpose),
        "purpose": subject.machine_purpose,
    }
    asker = _entity("Officer", "asker", attributes, parents=subject.agencies)
    return json.dumps([*agencies, asker, *resources_asked])


def _entity(
    kind: str, name: str, attributes: Mapping[str, Any] | None = None, parents: Iterable[str] = ()
) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": str(name)},
        "attrs": dict(attributes or {}),
        "parents": [{"type": "Agency", "id": parent} for parent in parents if parent],
    }
