"""A kind of record, declared once: search, page, API, export, alert, link and sealing are built from its declaration.

To add one: a folder with its tables, rows and queries, a `kind.py`, and its line in `kinds`; see docs/adding.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from openclear.records.found import FoundRows, Reason
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Grant

# How surely the words in the search box mean a kind: not at all, perhaps, probably, without doubt.
NO, PERHAPS, PROBABLY, SURELY = 0, 10, 20, 90
Rows = Any  # a query set of the kind's own table, for the room of records and `search`, which return only frozen rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a kind is found. A kind without one is only listed and opened.

    `recognizes`: how surely a text in the search box means it (`NO` to `SURELY`). `key`: a text as it is compared, "" if it
    can find nothing. `matching`: the rows that a text and filters
    mean, as far as the holder may see them; without a text all that match the filters. `order`: of the results. `reasons`: why
    a row was found. `filters`: the frozen row of its filters, every field with a default (see `found.narrows`).
    `by_rank`: finds in an order that depends on the text; takes what `matching` takes, limit and offset. `takes`: whether a
    text has the form that this kind can be found by; if not, the answer says what it takes. `read`: raises WrongUsage for a text that cannot be read. `numbers`: the columns that a
    text is compared with; a row with exactly this text comes first. `unrecorded`: by the name of a column, how many more rows
    match otherwise but have nothing recorded in it, of the columns that the filters ask for.
    """

    recognizes: Callable[[str], int]
    key: Callable[[str], str]
    takes: Callable[[str], bool]
    matching: Callable[[Grant, str, Any], Rows]
    order: tuple[str, ...]
    reasons: Callable[[str, Any], tuple[Reason, ...]]
    filters: type[Any] | None = None
    by_rank: Callable[[Grant, str, Any, int, int], FoundRows[Any]] | None = None
    read: Callable[[str], object] = lambda _: None
    numbers: tuple[str, ...] = ()
    unrecorded: Callable[[Grant, str, Any], Mapping[str, int]] = lambda *_: {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What tells the same as a record that a court seals.

    `rows`: tables that get the label too, with the path from them to the record. `derived`: what other records tell of it;
    computed from the rows under the reader's clearance (`told`, `months`), never stored. `moment`: the path from an incident
    that figures are counted from to the record, "" if there is none. `arrests`: the path from an arrest to the record, for
    copies kept elsewhere of its arrests and their incidents.
    """

    rows: tuple[tuple[type[Any], str], ...] = ()
    derived: tuple[str, ...] = ()
    moment: str = ""
    arrests: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """How one record that fills more than a screen is shown on pages: a summary, and one part of it at a time.

    `asked`: the frozen row of what can be asked of it, every field with a default (see `found.narrows`): the part, the page,
    filters. `query`: that much of a record, None if the holder may see none.
    """

    asked: type[Any]
    query: Callable[[Grant, UUID, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """One kind of record.

    `dataset`: its name in rules, orders and addresses; `noun`: of one of them. `list_action`, `view_action`: what the gate is
    asked for. `within`: the rows that the holder may see. `rows`: those rows as lists show them (`row`), hidden fields
    removed. `detail`: one with its context, None if the holder may see none. `pages`: if that is too long for one. `tells_of`: the other record
    that a row tells of, or None; `still_tells`: whether all of those may be told now. `tables`: by the
    names under which a source imports their rows. `words`: its title, in English,
    translated where it is shown, its texts in the description of the API: of the search, then of one record; and `takes`: by
    what it is found, said with an answer without rows, translated too (%(incident)s, %(arrest)s: the city's numbers).
    """

    dataset: Dataset
    noun: str
    list_action: Action
    view_action: Action
    model: type[Any]
    row: type[Any]
    within: Callable[[Grant], Rows]
    rows: Callable[[Grant, list[Any]], Sequence[Any]]
    detail: Callable[[Grant, UUID], Any]
    search: Search | None = None
    pages: Pages | None = None
    tells_of: Callable[[Any], UUID | None] | None = None
    still_tells: Callable[[Grant, Sequence[UUID | str]], bool] | None = None
    tables: Mapping[str, type[Any]]
    sealed: Sealed
    words: Mapping[str, str]
