"""The filters of a search: one form, made from the filters that each kind of record declares."""

from collections.abc import Iterator
from dataclasses import Field, fields
from datetime import date
from typing import Any, NamedTuple, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from openclear.records.kinds import SEARCHED, search_of
from openclear.vocabulary.errors import WrongUsage
from openclear.web.ranges import said_here

_UNSET = {"", "unknown"}
_DAY = forms.DateInput(attrs={"type": "date", "class": "usa-input"}, format="%Y-%m-%d")


class Group(NamedTuple):
    """The filters of one kind: the name of its data set, and each field as the page shows it."""

    kind: str
    fields: list[forms.BoundField]


class FilterForm(forms.Form):
    """The filters of a search. Every field is optional."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """Make the fields, each with the design system's class."""
        super().__init__(*args, **named)
        for _name, item in _declared():
            self.fields[item.name] = _field(item)
        for field in self.fields.values():
            field.widget.attrs.setdefault(
                "class", "usa-select" if hasattr(field.widget, "choices") else "usa-input"
            )

    @property
    def is_narrowed(self) -> bool:
        """Whether any field is filled in."""
        return any(self.data.get(name, "") not in _UNSET for name in self.fields)

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


def _field(item: "Field[Any]") -> forms.Field:
    facts, label, types = item.metadata, _(item.metadata["label"]), {item.type, *get_args(item.type)}
    if "choices" in facts:
        choices = [("", _("any")), *((value, _(words)) for value, words in facts["choices"].items())]
        return forms.ChoiceField(required=False, label=label, choices=choices)
    if date in types:
        return forms.DateField(required=False, label=label, widget=_DAY)
    if bool in types:
        return forms.NullBooleanField(required=False, label=label)
    if "pattern" in facts:
        return forms.RegexField(
            rf"^{facts['pattern']}$", required=False, label=label, max_length=facts["longest"]
        )
    return forms.CharField(required=False, label=label, max_length=facts["longest"])
