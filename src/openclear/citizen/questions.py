"""What each public page and file can be asked: its parameters, and one sentence about each value that is not understood.

Nothing is ignored: a name or a value that a page does not know would show everything under a heading that promises
less.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openclear.citizen import places, queries
from openclear.citizen.templatetags.public import offense
from openclear.vocabulary.blocks import street_of
from openclear.vocabulary.city import city

LONGEST = 80
MONTH = re.compile("([0-9]{4})-([0-9]{2})")
NUMBER = re.compile("[0-9]{1,4}")
# Other sites add these to links to count their visitors. They ask nothing, and are not read.
FOREIGN = re.compile("utm_[a-z]+|fbclid|gclid|msclkid|mc_[ce]id")


class Words(forms.CharField):
    """A line of text without control characters."""

    def __init__(self, **options: Any) -> None:
        """All options of Django's field."""
        super().__init__(required=False, **options)
        self.validators = []

    def clean(self, value: Any) -> str:
        """Return the text without spaces around it. Raises ValidationError."""
        text = str(value or "").strip()
        if not text.isprintable():
            raise ValidationError(_("This text has characters that nobody can type; write it again."))
        if len(text) > LONGEST:
            raise ValidationError(
                _("This text has %(length)s characters, and at most %(most)s are read; shorten it."),
                params={"length": len(text), "most": LONGEST},
            )
        return text


class Month(forms.Field):
    """A month such as 2026-05. One without an edition is a month too."""

    def clean(self, value: Any) -> date | None:
        """Return the first day of the month, None if none was named. Raises ValidationError."""
        text = str(value or "").strip()
        if not text:
            return None
        found = MONTH.fullmatch(text)
        try:
            return date(int(found[1]), int(found[2]), 1) if found else _raise(text)
        except ValueError:
            return _raise(text)


def _raise(text: str) -> date:
    raise ValidationError(
        _("“%(value)s” is not a month; write one such as 2026-05."), params={"value": text[:LONGEST]}
    )


class Question(forms.Form):
    """A page without parameters. Those with parameters add their fields."""

    use_required_attribute = False

    def __init__(self, asked: QueryDict) -> None:
        """`asked`: the parameters of the address."""
        told = asked.copy()
        told.setlist("type", [kind.strip().upper() for kind in asked.getlist("type")])
        if not told.getlist("type"):
            del told["type"]
        super().__init__(told, auto_id="%s", label_suffix="")
        self.asked = told
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Select):
                field.widget.choices = self._choices(name, told.get(name, "").strip())
                field.widget.attrs["class"] = "usa-select"
            else:
                field.widget.attrs |= {"class": "usa-input", "maxlength": LONGEST}

    def _choices(self, name: str, chosen: str) -> list[tuple[str, Any]]:
        if name == "type":
            known = [("", _("all"))] + [(each, offense(each)) for each in queries.published_types()]
        else:
            first = _("newest twelve months") if name == "since" else _("newest")
            known = [("", first)] + [(f"{day:%Y-%m}", date_format(day, "F Y")) for day in queries.months()]
        # What was asked stays in the form, also if it is not understood or not published.
        return known if chosen in dict(known) else [*known, (chosen[:LONGEST], chosen[:LONGEST])]

    def clean(self) -> dict[str, Any]:
        """Refuse parameters that this page does not have, and those that are there twice."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.asked:
            if name not in self.fields and not FOREIGN.fullmatch(name):
                self.add_error(None, self._unknown(name))
            elif name in self.fields and len(self.asked.getlist(name)) > 1:
                message = _("“%(name)s” is there more than once; name it once.")
                self.add_error(None, ValidationError(message, params={"name": name}))
        return cleaned

    def _unknown(self, name: str) -> ValidationError:
        shown = {"name": name[:LONGEST], "known": ", ".join(self.fields)}
        if not self.fields:
            return ValidationError(_("This address takes no parameters; leave out “%(name)s”."), params=shown)
        return ValidationError(_("This address has no parameter “%(name)s”; it has %(known)s."), params=shown)

    def sentences(self) -> list[tuple[str, str]]:
        """Return what was not understood: the name of a parameter, "" for several or an unknown one, and a sentence."""
        return [
            ("" if name == NON_FIELD_ERRORS else name, str(sentence))
            for name, found in self.errors.items()
            for sentence in found
        ]


class DuringQuestion(Question):
    """A question about months."""

    since = Month(required=False, label=_("From"), widget=forms.Select)
    until = Month(required=False, label=_("To"), widget=forms.Select)

    def clean(self) -> dict[str, Any]:
        """Refuse months in the wrong order."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error(
                "until", _("The last month is before the first; choose a later one, or exchange them.")
            )
        return cleaned


class TypeQuestion(DuringQuestion):
    """A question about one type of incident, or all."""

    type = Words(label=_("Type"), widget=forms.Select)
    field_order = ("q", "area", "type", "since", "until")

    def clean_type(self) -> str:
        """Return the type. Raises ValidationError."""
        kind = str(self.cleaned_data["type"])
        if kind and kind not in queries.known_types():
            message = _("There is no type “%(value)s”; choose one of the list.")
            raise ValidationError(message, params={"value": kind})
        return kind


class MapQuestion(TypeQuestion):
    """A question about streets, blocks and areas, as typed in the box."""

    q = Words(label=_("Your address, street or area"))

    def __init__(self, asked: QueryDict) -> None:
        """`asked`: the parameters of the address."""
        super().__init__(asked)
        hint = _("Such as %(address_example)s, %(street)s, or the name of an area.")
        self.fields["q"].help_text = hint % {
            "address_example": places.address_example(),
            "street": city().formats.street_example,
        }


class BlocksQuestion(MapQuestion):
    """A question about the blocks of an area or of a street."""

    area = Words(label=_("Area"))

    def clean_area(self) -> int | None:
        """Return the number of the area. Raises ValidationError."""
        text = str(self.cleaned_data["area"])
        if not text:
            return None
        number = int(text) if NUMBER.fullmatch(text) else -1
        if number not in places.area_codes():
            message = _("There is no %(area)s “%(value)s”; write its number, such as %(example)s.")
            shown = {
                "area": city().words_in(get_language() or "en").area,
                "example": city().formats.area_example,
            }
            raise ValidationError(message, params=shown | {"value": text})
        return number


class BlockQuestion(DuringQuestion):
    """A question about one block."""

    block = Words(label=_("Block"))
    field_order = ("block", "since", "until")

    def clean_block(self) -> str:
        """Return the block in capitals. Raises ValidationError."""
        block = " ".join(str(self.cleaned_data["block"]).upper().split())
        if not street_of(block, city().formats.block):
            message = (
                _("“%(value)s” is not a block; write one such as %(example)s.")
                if block
                else _("Name a block, such as %(example)s.")
            )
            raise ValidationError(message, params={"value": block, "example": city().formats.block_example})
        return block
