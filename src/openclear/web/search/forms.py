"""The filters of a search: one form, made from the filters that each kind of record declares."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, NamedTuple

from django import forms

from openclear.records.kinds import SEARCHED, search_of
from openclear.vocabulary.errors import WrongUsage
from openclear.web.asked_form import field_of
from openclear.web.ranges import said_here

_UNSET = {"", "unknown"}


class Group(NamedTuple):
    """The filters of one kind: the name of its data set, and each field as the page shows it."""

    kind: str
    fields: list[forms.BoundField]


class FilterForm(forms.Form):
    """The filters of a search. Every field is optional."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """Make the fields."""
        super().__init__(*args, **named)
        for _name, item in _declared():
            self.fields[item.name] = field_of(item)

    @property
    def narrowed_by(self) -> int:
        """How many fields are filled in."""
        return sum(self.data.get(name, "") not in _UNSET for name in self.fields)

    def groups(self) -> list[Group]:
        """Return the fields, kind by kind."""
        groups: dict[str, list[forms.BoundField]] = {}
        for name, item in _declared():
            groups.setdefault(name, []).append(self[item.name])
        return [Group(name, listed) for name, listed in groups.items()]

    def filters(self, known: type[Any]) -> Any:
        """Return the filters of one kind of search. Raises WrongUsage if a field is not valid."""
        if not self.is_valid():
            name, problems = next(iter(self.errors.items()))
            raise WrongUsage(f"{self.fields[name].label}: {problems[0]}")
        return said_here(known, **{item.name: self.cleaned_data[item.name] for item in fields(known)})


def _declared() -> Iterator[tuple[str, "Field[Any]"]]:
    for name, kind in SEARCHED.items():
        known = search_of(kind).filters
        for item in fields(known) if known else ():
            yield name, item
