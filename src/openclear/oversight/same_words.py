"""Where the words of an erasure occur outside the log: every table of the police and of the public database is searched.

An erasure deletes none of it: orders and records are changed in their own ways. But its receipt reports it.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import DatabaseError, router
from django.db.models import CharField, F, Field, JSONField, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Lower, StrIndex
from django.db.models.lookups import GreaterThan
from django.db.models.options import Options

from openclear.delivery.rules import CHANNELS, FORMATS
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

# The log's own database is not included: its entries are listed one by one.
LOOKED_THROUGH = {"default": "the police database", "public": "the public database"}
# Readable names, if they differ from the name of the table.
_CALLED = {
    "access.agency": "agencies", "access.lockedhandle": "locked handles",
    "access.officer": "accounts", "access.orderproof": "receipts of orders", "access.orderstate": "orders",
    "access.signinfailure": "failed sign-ins", "audit.knownlog": "marks of the log", "audit.replay": "replays of the log",
    "django_tasks_database.dbtaskresult": "jobs", "records.address": "addresses", "records.boundary": "boundaries",
    "records.nameword": "words of names", "records.person": "people", "records.personname": "names of people",
    "release.access": "public lists of access", "delivery.alert": "alerts",
}  # fmt: skip
# Values that the program itself writes, and values that many rows have: a beat, a year, a day, an id. They identify
# nobody, and would fill the receipt with counts of whole tables.
_PLAIN = frozenset(
    map(str, (*Action, *CHANNELS, *Dataset, *FORMATS, city().host, *Purpose, "false", "none", "true"))
)
_CODE = re.compile(r"\d{1,4}|\d{4}-\d\d-\d\d|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Keys, digests, hashes and passwords are random, so a short word occurs in one of them now and then and means
# nothing.
_BY_CHANCE = frozenset({
    "access.officer.password", "access.policyversion.digest", "access.seencheckpoint.note", "access.seencheckpoint.root",
    "access.signin.session", "access.token.digest", "account.emailconfirmation.key", "audit.knownlog.key",
    "audit.knownlog.leaf", "audit.replay.root", "release.edition.signature", "release.statement.checkpoint",
    "delivery.export.sha256", "delivery.export.shown_under", "delivery.alert.secret", "sessions.session.session_key",
})  # fmt: skip
# Next to a secret is the name that its owner gave it.
_PART = {"mfa.authenticator.data": "name"}
_SHORTEST = 3
# At most this many words in one statement: SQLite accepts a thousand conditions, and a table has up to 17 columns.
_AT_ONCE = 10
Column: TypeAlias = "Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Rows that contain one of the words, by kind.

    `unread`: databases that could not be read. `common`: how many words were not searched for, because they are too
    short or too common to identify anyone.
    """

    rows: Mapping[str, int]
    common: int
    unread: tuple[str, ...]


def rows_saying(grant: Grant, *, words: Sequence[str]) -> Elsewhere:
    """Count the rows with one of these words in a text or JSON column, also as part of a longer text, in any case.

    Does not raise if a database cannot be read: the erasure is done by then, and its receipt must be returned.
    """
    grant.require(Action.LOG_ERASE)
    wanted = {word.strip() for word in words if word.strip()}
    telling = sorted(word for word in wanted if not _is_common(word))
    counted: Counter[str] = Counter()
    unread: set[str] = set()
    for table in tables():
        database = router.db_for_read(table)
        try:
            counted[called(table)] += 0 if database in unread else _count(table, telling)
        except DatabaseError:
            unread.add(database)
    return Elsewhere(
        {name: number for name, number in sorted(counted.items()) if number},
        len(wanted) - len(telling),
        tuple(told for name, told in LOOKED_THROUGH.items() if name in unread),
    )


@without_grant("names tables and columns, and reads no row")
def tables() -> Iterator[type[Model]]:
    """Yield every table of the police and of the public database, of all apps."""
    return (
        table
        for table in apps.get_models(include_auto_created=True)
        if router.db_for_read(table) in LOOKED_THROUGH and not _described(table).proxy
    )


@without_grant("names tables and columns, and reads no row")
def columns(table: type[Model]) -> list[Column]:
    """Return the columns of a table that can contain words that people wrote."""
    return [
        column
        for column in _described(table).concrete_fields
        if isinstance(column, CharField | TextField | JSONField) and _place(column) not in _BY_CHANCE
    ]


@without_grant("names tables and columns, and reads no row")
def called(table: type[Model]) -> str:
    """Return the name for the rows of a table in a receipt."""
    described = _described(table)
    return _CALLED.get(described.label_lower) or str(described.verbose_name_plural).lower()


def _place(column: Column) -> str:
    return f"{_described(column.model).label_lower}.{column.name}"


def _described(table: type[Model]) -> Options[Model]:
    return table._meta  # noqa: SLF001 - Django's documented way to a model's columns and names


def _is_common(word: str) -> bool:
    plain = word.lower()
    return len(word) < _SHORTEST or plain in _PLAIN or _CODE.fullmatch(plain) is not None


def _count(table: type[Model], words: Sequence[str]) -> int:
    if issubclass(table, AbstractBaseSession):
        return _count_sessions(table, words)
    rows: QuerySet[Any] = QuerySet(table, using=router.db_for_read(table))
    parts = [words[start : start + _AT_ONCE] for start in range(0, len(words), _AT_ONCE)]
    # With more words than fit in one statement, a row that contains several may count twice: too many, never too few.
    conditions = [_saying(columns(table), part) for part in parts]
    return sum(rows.filter(condition).count() for condition in conditions if condition)


def _saying(within: Sequence[Column], words: Sequence[str]) -> Q:
    return reduce(or_, (_holds(column, text) for column in within for text in _texts(column, words)), Q())


def _holds(column: Column, text: str) -> Q:
    # A position, not a pattern: SQLite's LIKE limits the length, and some characters have a meaning in it.
    part = _PART.get(_place(column))
    name = f"{column.name}__{part}" if part else column.name
    place = StrIndex(Lower(Cast(F(name), TextField())), Lower(Value(text)))
    return Q(GreaterThan(place, 0))


def _texts(column: Column, words: Sequence[str]) -> set[str]:
    spelled = {text for word in words for text in _spellings(word)}
    if isinstance(column, JSONField):
        return {text for word in spelled for text in _within_json(word)}
    return {text for text in spelled if "\x00" not in text}  # which PostgreSQL does not accept as text


def _spellings(word: str) -> set[str]:
    # The log uses NFC; a table keeps what the keyboard sent.
    return {unicodedata.normalize(form, word) for form in ("NFC", "NFD")}


def _within_json(word: str) -> set[str]:
    # SQLite keeps JSON as Python writes it, an accent as \u00e9; PostgreSQL keeps letters.
    return {json.dumps(word, ensure_ascii=escaped)[1:-1] for escaped in (True, False)}


def _count_sessions(table: type[AbstractBaseSession], words: Sequence[str]) -> int:
    # A session is signed and encoded, so the database cannot search it.
    spelled = {text.lower() for word in words for form in _spellings(word) for text in _within_json(form)}
    rows: QuerySet[AbstractBaseSession] = QuerySet(table, using=router.db_for_read(table))
    told = (_written(row.get_decoded()).lower() for row in rows.iterator())
    return sum(any(text in session for text in spelled) for session in told)


def _written(session: Mapping[str, Any]) -> str:
    # Django's own keys, with names that begin with an underscore, are an id and a hash; so is the recent proof.
    kept = {name: value for name, value in session.items() if not name.startswith("_") and name != "proof"}
    return json.dumps(kept, default=str, ensure_ascii=False)
