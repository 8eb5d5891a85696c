"""Copies that this room keeps: files of exports, hits of alerts, links, and the words of what people saved."""

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

# How much a file held is told of it no more; oversight has it in the log.
_NOTHING = {"rows": 0, "size": 0, "sha256": ""}
ERASED = "A court had the words of this export erased."


class _Files:
    """Exports: the file goes, and with it the words that it was asked with; the ids of its rows stay for oversight."""

    name = "exports"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End each export whose rows are one of these, or tell of one."""
        holding = {export for record in records for export in exports_telling_of(record)}
        found = Export.objects.filter(
            pk__in=holding, state__in=(SavedStatus.QUEUED, SavedStatus.RUNNING, SavedStatus.READY)
        )
        return self._end(list(found.values_list("pk", flat=True)), problem=OVER, **_NOTHING)

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End a person's exports with these words; anyone's that are of nothing else where nobody is named."""
        return self._end(_with_words(Export, owner, words), problem=ERASED, text="", filters={})

    @staticmethod
    def _end(keys: Sequence[UUID], **facts: Any) -> int:
        Export.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED, **facts)
        for key in keys:
            remove(key)
        return len(keys)


class _Hits:
    """Alerts: what they found, and the words that they look for."""

    name = "alerts"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """Remove the hits."""
        return AlertHit.objects.filter(record__in=list(records)).delete()[0]

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End a person's alerts with these words; anyone's that are of nothing else where nobody is named."""
        keys = _with_words(Alert, owner, words)
        AlertHit.objects.filter(alert__in=keys).delete()
        return Alert.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED, text="", filters={})


class _Links:
    """Links: they hold the id of a record and no words."""

    name = "links"

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End the links to these records."""
        return Link.objects.filter(record__in=list(records), state=SavedStatus.ACTIVE).update(
            state=SavedStatus.ENDED
        )

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """Do nothing: no link holds a word."""
        del owner, words
        return 0


@without_grant("names what sealings reach; reads nothing")
def kept_copies() -> list[Copies]:
    """Return what sealing and erasure reach here."""
    return [_Files(), _Hits(), _Links()]


def _with_words(table: type[Export] | type[Alert], owner: str, words: Sequence[str]) -> list[UUID]:
    # As the log spells them, on both sides: older rows keep an accent as a keyboard composed it.
    wanted = _spelled(words)
    # A filter is no whole text: where the owner is erased, a beat must not end the alerts of everybody on it.
    rows = table.objects.filter(owner=owner) if owner else table.objects.exclude(text="")
    return [
        key
        for key, text, filters in rows.values_list("pk", "text", "filters")
        if wanted & _spelled([text, *(filters.values() if owner else ())])
    ]


def _spelled(words: Iterable[Any]) -> set[str]:
    return {log.spelled(str(word)).strip() for word in words} - {""}
