"""What rooms above make as files: a report is asked for, made by the worker, kept, fetched and ended as an export is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant


class Report(Protocol):
    """Makes one kind of report."""

    @property
    def kind(self) -> str:
        """Its word, as it is kept."""

    @property
    def format(self) -> str:
        """One of the formats of exports."""

    @property
    def action(self) -> Action:
        """The ask that is decided at every step."""

    def check(self, grant: Grant, asked: Mapping[str, str]) -> dict[str, str]:
        """Return what is asked for as it is kept. Raises WrongUsage, NotPossible."""

    def make(self, grant: Grant, asked: Mapping[str, str], watermark: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file and the digest of what it tells."""

    def digest(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return the digest of what it would tell now."""


class Reports:
    """The reports that this process knows, by kind."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, Report] = {}

    def register(self, known: Sequence[Report]) -> None:
        """Set what the rooms above implement."""
        self._known = {report.kind: report for report in known}

    def of_kind(self, kind: str) -> Report | None:
        """Return the report of a kind, or None where the kind is a search."""
        return self._known.get(kind)

    def actions(self) -> dict[str, Action]:
        """Return by which ask each kind is decided."""
        return {kind: report.action for kind, report in self._known.items()}


reports = Reports()
