"""What an agency's people have here, for the orders desk: jobs, files, alerts, links. An order ends them for good."""

from collections.abc import Sequence
from typing import Any

from openclear.access.ports import Holding
from openclear.delivery.files import remove
from openclear.delivery.models import Alert, Export, Link
from openclear.delivery.reports import reports
from openclear.delivery.rules import KEEPING
from openclear.records.kinds import SEARCHED
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

# All saved work is on the owner's own desk.
_KEPT = (str(Dataset.DESK), str(KEEPING))


class _Table:
    """Rows of one table in some states, as holdings."""

    ends = True

    def __init__(self, target: str, model: Any, states: Sequence[str], actions: Any) -> None:
        self.target, self._model, self._states, self._actions = target, model, states, actions

    def held(self) -> Sequence[Holding]:
        """Return each that would work now."""
        rows = self._model.objects.filter(state__in=self._states, expires__gt=clock.now())
        return [
            Holding(str(key), owner, (*_asks(str(self._actions[kind].dataset), purpose, case), _KEPT))
            for key, owner, kind, purpose, case in rows.values_list("pk", "owner", "kind", "purpose", "case")
        ]

    def end(self, held: Sequence[Holding]) -> None:
        """End these; a file goes with its export."""
        keys = [one.id for one in held]
        self._model.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED)
        for key in keys:
            if self._model is Export:
                remove(key)


def _asks(dataset: str, purpose: str, case: str) -> list[tuple[str, str]]:
    # Whether a case may be named is asked of the cases.
    return [(dataset, purpose), *([(str(Dataset.CASES), purpose)] if case else [])]


@without_grant("names what orders reach; reads nothing")
def reaches() -> list[_Table]:
    """Return the holdings that the orders desk sees."""
    searches = {name: kind.list_action for name, kind in SEARCHED.items()}
    views = {name: kind.view_action for name, kind in SEARCHED.items()}
    return [
        _Table("jobs", Export, (SavedStatus.QUEUED, SavedStatus.RUNNING), searches | reports.actions()),
        _Table("exports", Export, (SavedStatus.READY,), searches | reports.actions()),
        _Table("alerts", Alert, (SavedStatus.ACTIVE,), searches),
        _Table("links", Link, (SavedStatus.ACTIVE,), views),
    ]
