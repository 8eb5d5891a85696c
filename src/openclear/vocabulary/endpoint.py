"""A question that is declared once and answered on the doors it lists: page, API, command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

_LEFT_OUT = ("", None)
# The digits of a number that a database column takes.
LONGEST_NUMBER = 15


class Door(StrEnum):
    """Where a question can be asked."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Plain data, no HTTP: what can be asked, under which act, and the query that answers.

    `name`: in the entry, and of its template. `doors`: each door with the address or verb there. `params`: a frozen
    row, every field with a default and the metadata of `parameter`. `row`: one row of the answer, or, if `is_list` is
    false, the answer itself. `words`: summary and description for the API. `line`: a row, or the answer, as text for
    people.
    `acts`: the act and the purpose, if they depend on who asks; otherwise `action` and `purpose`. `told`: the row as
    JSON.
    `shown`: the ids of the records in the answer.
    """

    name: str
    action: Action
    purpose: Purpose
    doors: Mapping[Door, str]
    params: type[Any]
    row: type[Any]
    query: Callable[[Grant, Any], Any]
    words: Mapping[str, str]
    line: Callable[[Any, Any], str]
    is_list: bool = True
    acts: Callable[[str, Any], tuple[Action, Purpose]] | None = None
    told: Callable[[Any], Mapping[str, Any]] = asdict
    shown: Callable[[Any], Sequence[UUID]] = lambda _: ()

    def asked(self, sent: Mapping[str, Any]) -> Any:
        """Return the request as the endpoint's own row. Raises WrongUsage as `filled` does."""
        return filled(self.params, sent)

    def parsed(self, sent: Mapping[str, Any]) -> tuple[Any, WrongUsage | None]:
        """Return what `asked` returns, or the row as it was sent with the error.

        The error is raised behind the gate, because an order comes before a mistake.
        """
        try:
            return self.asked(sent), None
        except WrongUsage as error:
            names = {item.name for item in fields(self.params)}
            given = {name: value for name, value in sent.items() if name in names and value not in _LEFT_OUT}
            return self.params(**given), error

    def act_for(self, officer: str, asked: Any) -> tuple[Action, Purpose]:
        """Return the act and the purpose that the gate decides when `officer` asks this."""
        return self.acts(officer, asked) if self.acts else (self.action, self.purpose)

    def is_complete(self, asked: Any) -> bool:
        """Say whether every parameter that the answer needs was given; without them a page shows only its form."""
        needed = (item.name for item in fields(self.params) if item.metadata.get("needed"))
        return all(getattr(asked, name) not in _LEFT_OUT for name in needed)

    def facts(self, asked: Any) -> dict[str, Any]:
        """Return what the log entry records of the question, the same on every door."""
        return {"endpoint": self.name, "asked": facts_of(asked)}


def filled(params: type[Any], sent: Mapping[str, Any]) -> Any:
    """Return the request as a row of parameters. Raises WrongUsage if a value is not a number, too large, or too long."""
    return params(
        **{
            item.name: _value(item, sent[item.name])
            for item in fields(params)
            if sent.get(item.name) not in _LEFT_OUT
        }
    )


def parameter(label: str, **facts: Any) -> dict[str, Any]:
    """Return the metadata of one parameter.

    `label`: in English. `facts`: `longest` (characters) or `most` (of a number), `example`; `needed` if there is no
    answer without it; `day` if a text is a date, such as 2019-07-12; `pattern`, `type` and `inputmode` of its field
    on a form.
    """
    return {"label": label, **facts}


def _value(item: Any, sent: Any) -> Any:
    facts, label = item.metadata, item.metadata["label"]
    if item.type is int:
        digits = str(sent)
        # Python reads no number of thousands of digits.
        if not digits.isdecimal() or len(digits) > LONGEST_NUMBER or not 1 <= int(digits) <= facts["most"]:
            raise WrongUsage(f"{label}: enter a number from 1 to {facts['most']}.")
        return int(digits)
    text = sent.isoformat() if isinstance(sent, date) else str(sent).replace("\x00", "").strip()
    if len(text) > facts["longest"]:
        raise WrongUsage(f"{label}: at most {facts['longest']} characters.")
    return text
