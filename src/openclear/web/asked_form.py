"""A form made from a frozen row: what can be asked is declared once, next to the query that answers."""

from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import date
from typing import Any, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from openclear.vocabulary.errors import WrongUsage

_DAY = forms.DateInput(attrs={"type": "date", "class": "usa-input"}, format="%Y-%m-%d")


class AskedForm(forms.Form):
    """What can be asked of a page, one field for each of a frozen row. Every field is optional."""

    def __init__(self, known: type[Any], data: Mapping[str, str]) -> None:
        """Make the fields of `known`, as their metadata declare them; take what was sent."""
        super().__init__(data)
        self._known = known
        for item in fields(known):
            self.fields[item.name] = field_of(item)

    def asked(self) -> Any:
        """Return what is asked. Raises WrongUsage if a field is not valid, or if the last day is before the first."""
        if not self.is_valid():
            name, problems = next(iter(self.errors.items()))
            raise WrongUsage(f"{self.fields[name].label}: {problems[0]}")
        asked = self._known(**self.cleaned_data)
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            raise WrongUsage(f"The last day, {until}, is before the first, {since}; exchange them.")
        return asked

    def typed(self) -> dict[str, str]:
        """Return what was typed, valid or not."""
        return {name: self.data.get(name, "") for name in self.fields}


def field_of(item: "Field[Any]") -> forms.Field:
    """Return the form's field for one field of a frozen row, with the design system's class."""
    field = _field(item)
    field.widget.attrs.setdefault("class", "usa-select" if hasattr(field.widget, "choices") else "usa-input")
    return field


def _field(item: "Field[Any]") -> forms.Field:
    facts, label, types = item.metadata, _(item.metadata["label"]), {item.type, *get_args(item.type)}
    if "choices" in facts:
        choices = [("", _("any")), *((value, _(words)) for value, words in facts["choices"].items())]
        return forms.ChoiceField(required=False, label=label, choices=choices)
    if int in types:
        return forms.IntegerField(required=False, label=label, min_value=1, max_value=facts["most"])
    if date in types:
        return forms.DateField(required=False, label=label, widget=_DAY)
    if bool in types:
        return forms.NullBooleanField(required=False, label=label)
    if "pattern" in facts:
        return forms.RegexField(
            rf"^{facts['pattern']}$", required=False, label=label, max_length=facts["longest"]
        )
    return forms.CharField(required=False, label=label, max_length=facts["longest"])
