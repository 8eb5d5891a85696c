"""Files made by rooms above: a report is requested, made by the worker, kept, fetched and ended like an export."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant


class Report(Protocol):
    """Makes one kind of report."""

    @property
    def kind(self) -> str:
        """Its name, as stored."""

    @property
    def format(self) -> str:
        """One of the formats of exports."""

    @property
    def action(self) -> Action:
        """The act that is decided at every step."""

    def check(self, grant: Grant, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters as they are stored. Raises WrongUsage, NotPossible."""

    def make(self, grant: Grant, asked: Mapping[str, str], watermark: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file and the digest of its facts."""

    def digest(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return the digest of its current facts."""


class Reports:
    """The reports that this process knows, by kind."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, Report] = {}

    def register(self, known: Sequence[Report]) -> None:
        """Set what the rooms above implement."""
        self._known = {report.kind: report for report in known}

    def of_kind(self, kind: str) -> Report | None:
        """Return the report of a kind, or None if the kind is a search."""
        return self._known.get(kind)

    def actions(self) -> dict[str, Action]:
        """Return the act that each kind is decided by."""
        return {kind: report.action for kind, report in self._known.items()}


reports = Reports()
