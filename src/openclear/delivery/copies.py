"""Copies that this room keeps: files of exports, hits of alerts, links, and the words of saved searches."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from openclear.access.ports import Copies
from openclear.audit import log
from openclear.delivery.files import exports_telling_of, remove
from openclear.delivery.models import Alert, AlertHit, Export, Link
from openclear.delivery.rules import OVER
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

# The file's size is no longer shown; oversight has it in the log.
_NOTHING = {"rows": 0, "size": 0, "sha256": ""}
ERASED = "A court had the words of this export erased."


class _Files:
    """Exports: the file is removed, with the words of its search; the ids of its rows stay for oversight."""

    name = "exports"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End each export with one of these rows, or with rows that mention one."""
        holding = {export for record in records for export in exports_telling_of(record)}
        found = Export.objects.filter(
            pk__in=holding, state__in=(SavedStatus.QUEUED, SavedStatus.RUNNING, SavedStatus.READY)
        )
        return self._end(list(found.values_list("pk", flat=True)), problem=OVER, **_NOTHING)

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End a person's exports with these words; if no person is named, anyone's that have only these words."""
        return self._end(_with_words(Export, owner, words), problem=ERASED, text="", filters={})

    @staticmethod
    def _end(keys: Sequence[UUID], **facts: Any) -> int:
        Export.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED, **facts)
        for key in keys:
            remove(key)
        return len(keys)


class _Hits:
    """Alerts: their hits, and the words that they look for."""

    name = "alerts"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """Remove the hits."""
        return AlertHit.objects.filter(record__in=list(records)).delete()[0]

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End a person's alerts with these words; if no person is named, anyone's that have only these words."""
        keys = _with_words(Alert, owner, words)
        AlertHit.objects.filter(alert__in=keys).delete()
        return Alert.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED, text="", filters={})


class _Links:
    """Links: they contain the id of a record and no words."""

    name = "links"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End the links to these records."""
        return Link.objects.filter(record__in=list(records), state=SavedStatus.ACTIVE).update(
            state=SavedStatus.ENDED
        )

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """Do nothing: no link contains words."""
        del owner, words
        return 0


@without_grant("names what sealings reach; reads nothing")
def kept_copies() -> list[Copies]:
    """Return what sealing and erasure reach here."""
    return [_Files(), _Hits(), _Links()]


def _with_words(table: type[Export] | type[Alert], owner: str, words: Sequence[str]) -> list[UUID]:
    # In the log's spelling, on both sides: older rows keep an accent as the keyboard composed it.
    wanted = _spelled(words)
    # A filter is not a whole text: if the owner is erased, a beat must not end the alerts of everyone on it.
    rows = table.objects.filter(owner=owner) if owner else table.objects.exclude(text="")
    return [
        key
        for key, text, filters in rows.values_list("pk", "text", "filters")
        if wanted & _spelled([text, *(filters.values() if owner else ())])
    ]


def _spelled(words: Iterable[Any]) -> set[str]:
    return {log.spelled(str(word)).strip() for word in words} - {""}
