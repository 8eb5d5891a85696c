"""Erasing what a court ordered: from the log, and from every copy of the words that the program keeps.

It reports what it cannot reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connections

from openclear.access import gate
from openclear.access.ports import ports
from openclear.audit import commands
from openclear.audit.destroying import empty_write_ahead_log
from openclear.oversight.same_words import Elsewhere, rows_saying
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant, Receipt

DATABASES = {"audit": "the log's database", "default": "the police database"}
BEYOND = (
    "Backups and replicas of the databases, and copies of the home: erase there too, or let them expire.",
    "Exports of the log with private bodies that were handed out before.",
    "What people wrote down, printed or downloaded before.",
)
ARCHIVES = (
    "PostgreSQL keeps the old rows until they are vacuumed, and archived write-ahead logs keep them as long as you keep the logs: "
    "run VACUUM (FULL, ANALYZE) audit_body; VACUUM (FULL, ANALYZE) delivery_export, delivery_alert, access_signinfailure, access_lockedhandle; as docs/operations.md says."
)

LEFT = (
    "they are left as they are; if the court's order covers them too, seal the record, or have the owner of the database "
    "overwrite the words (docs/operations.md)."
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """The outcome of an erasure. `ended`: saved work with these words, by kind; `destroyed`, `left`: names of databases.

    `entries`: other entries with the same words, each of which needs its own order. `elsewhere`: rows of other tables
    with the words, by kind, not erased. `unsearched`: sentences on what was not searched for.
    """

    receipt: Receipt
    ended: Mapping[str, int]
    destroyed: tuple[str, ...]
    left: tuple[str, ...]
    entries: tuple[int, ...]
    elsewhere: Mapping[str, int]
    unsearched: tuple[str, ...]

    @property
    def beyond(self) -> tuple[str, ...]:
        """Sentences on what was not reached."""
        numbers = ", ".join(str(number) for number in self.entries)
        same = (
            (f"Other entries with the same words, each to be erased separately: {numbers}.",)
            if numbers
            else ()
        )
        kinds = ", ".join(f"{name} {number}" for name, number in self.elsewhere.items())
        rows = (f"The same words are in: {kinds}; {LEFT}",) if kinds else ()
        busy = tuple(
            f"The write-ahead log of {name}: it could not be emptied; repeat the command."
            for name in self.left
        )
        archives = (ARCHIVES,) if any(connections[name].vendor == "postgresql" for name in DATABASES) else ()
        return (*same, *rows, *self.unsearched, *busy, *archives, *BEYOND)


def erase(grant: Grant, *, entry: int, fields: Sequence[str], court_order: str) -> Erasure:
    """Destroy fields of one private body and the copies of their words that the requester keeps here.

    Repeating it for an erased entry empties what could not be emptied before. Raises NotPossible if the entry has no
    such field.
    """
    grant.require(Action.LOG_ERASE)
    owner, words = commands.words_in(grant, entry=entry, fields=fields)
    gate.log_act(grant, kind="attempt", details={"erasing": entry, "court_order": court_order})
    # The copies first, because they are found by the words: after a crash in between, the words are still in the log
    # and the act can be repeated.
    ended = {kept.name: kept.forget_words(owner, words) for kept in ports.copies}
    receipt = commands.erase(grant, entry=entry, fields=list(fields), court_order=court_order)
    # Counted after the act, so that the receipt shows what is left.
    elsewhere = rows_saying(grant, words=words)
    sqlite = {name: told for name, told in DATABASES.items() if connections[name].vendor == "sqlite"}
    emptied = {name: empty_write_ahead_log(name) for name in sqlite}
    return Erasure(
        receipt,
        ended,
        tuple(told for name, told in sqlite.items() if emptied[name]),
        tuple(told for name, told in sqlite.items() if not emptied[name]),
        tuple(commands.other_entries(grant, entry=entry, words=words)),
        elsewhere.rows,
        _unsearched(elsewhere),
    )


def _unsearched(elsewhere: Elsewhere) -> tuple[str, ...]:
    unread = tuple(f"{name} could not be searched for the same words." for name in elsewhere.unread)
    common = f"Words too short or too common to be searched for outside the log: {elsewhere.common}."
    return (
        *(sentence[0].upper() + sentence[1:] for sentence in unread),
        *((common,) if elsewhere.common else ()),
    )
