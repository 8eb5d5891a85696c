"""A report that is declared once: requested on page, API and command line, made at once or as a job, and kept like an export."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps
from typing import Any, Protocol

from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.endpoint import filled
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


class Told(Protocol):
    """The facts of one report: everything in its document."""

    def told(self) -> Mapping[str, Any]:
        """Return plain values, the same for the same facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredReport:
    """Plain data, no HTTP: what a report is about, the act it is made under, its facts and its document.

    `kind`: in entries, of exports, and the argument of its verb; `plural`: in URLs. `format`: one of the export
    formats. `params`: a frozen row of texts, every field with a default and the metadata of `parameter`. `checked`:
    returns the parameters as they are stored, or raises WrongUsage, NotPossible. `facts`, `paper`: load heavy modules
    when they are called, because every command reads this. `words`: title, text and button of its form.
    """

    kind: str
    plural: str
    format: str
    action: Action
    purpose: Purpose
    params: type[Any]
    checked: Callable[[Any], Any]
    facts: Callable[[Grant, Any], Told]
    paper: Callable[[Grant, Any, Mapping[str, str]], bytes]
    words: Mapping[str, str]

    def inquiry(self, sent: Mapping[str, Any], **more: object) -> dict[str, Any]:
        """Return what the entry records of a request for it, the same on every door.

        `more`: the file that it is written to.
        """
        return {"report": self.kind, "asked": {**facts_of(sent), **facts_of(more)}}

    def check(self, grant: Grant, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters as they are stored. Raises WrongUsage, NotPossible."""
        grant.require(self.action)
        return asdict(self.checked(filled(self.params, asked)))

    def make(self, grant: Grant, asked: Mapping[str, str], watermark: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file, still to be released, and the digest of its facts. Raises WrongUsage, NotPossible."""
        grant.require(self.action)
        facts = self._facts(grant, asked)
        return self.paper(grant, facts, watermark), _digest(facts)

    def digest(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return the digest of its current facts: it differs if a record was sealed, corrected or added."""
        grant.require(self.action)
        return _digest(self._facts(grant, asked))

    def _facts(self, grant: Grant, asked: Mapping[str, str]) -> Told:
        return self.facts(grant, self.checked(filled(self.params, asked)))


def _digest(facts: Told) -> str:
    return sha256(dumps(facts.told(), default=str, sort_keys=True).encode()).hexdigest()
