"""The Cedar forbid made from an order, next to the order's own rule: both decide, and must agree."""

import json
from collections.abc import Iterable

from openclear.access.policy.facts import ALL, OrderRow
from openclear.vocabulary.actions import Action


def forbid_text(order: OrderRow) -> str:
    """Return the Cedar forbid made from an order: unconditional unless the order names a scope or purposes."""
    head = (
        f"@id({_quoted('cut-off:' + order.id)})\n"
        f"@because({_quoted('Access of ' + order.agency + ' is cut off')})\n"
        f"@source({_quoted(order.legal_basis)})\n"
        f'@next_step("Write to the general counsel of the department; a judicial criminal warrant goes to the records desk.")\n'
    )
    return "\n".join(_forbid(order, head, place) for place in (order.agency, *order.places))


def _forbid(order: OrderRow, head: str, place: str) -> str:
    who = f'principal in Agency::"{place}"'
    when = "" if order.purposes == ALL else f" when {{ {_listed(order.purposes)}.contains(context.purpose) }}"
    if order.scope == ALL:
        return f"{head}forbid ({who}, action, resource){when};"
    acts = ", ".join(f'Action::"{act}"' for act in Action if act.dataset in order.scope)
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
