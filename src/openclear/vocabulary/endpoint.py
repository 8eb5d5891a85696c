"""A question that is declared once and answered on three doors: page, API and command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

_LEFT_OUT = ("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Plain data, no HTTP: what can be asked, under which act, and the query that answers.

    `name`: in addresses and in the entry. `params`: a frozen row, every field with a default and metadata (`label`, `example`;
    `longest` characters of a text, `most` of a number). `row`: what the answer has many of; a record among them has an `id`.
    `purpose`: what it is asked for at one's own desk. `words`: summary and description for the API.
    """

    name: str
    action: Action
    purpose: Purpose
    params: type[Any]
    row: type[Any]
    query: Callable[[Grant, Any], Sequence[Any]]
    words: Mapping[str, str]

    def asked(self, sent: Mapping[str, Any]) -> Any:
        """Return what was sent as the endpoint's own row. Raises WrongUsage for what is no number, too many, or too long."""
        return self.params(
            **{
                item.name: _value(item, sent[item.name])
                for item in fields(self.params)
                if sent.get(item.name) not in _LEFT_OUT
            }
        )

    def parsed(self, sent: Mapping[str, Any]) -> tuple[Any, WrongUsage | None]:
        """Return what `asked` returns, or None and what is wrong: it is raised behind the gate, for an order comes first."""
        try:
            return self.asked(sent), None
        except WrongUsage as error:
            return None, error

    def facts(self, asked: Any) -> dict[str, Any]:
        """Return what the entry holds of the question, the same on every door. `asked`: the row, or what was sent instead."""
        return {"endpoint": self.name, "asked": facts_of(asked)}


def _value(item: Any, sent: Any) -> Any:
    facts, label = item.metadata, item.metadata["label"]
    if item.type is int:
        if not str(sent).isdecimal() or not 1 <= int(sent) <= facts["most"]:
            raise WrongUsage(f"{label}: give a number from 1 to {facts['most']}.")
        return int(sent)
    if len(str(sent)) > facts["longest"]:
        raise WrongUsage(f"{label}: at most {facts['longest']} characters.")
    return str(sent).strip()
