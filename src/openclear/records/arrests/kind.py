"""Arrests, declared as a kind of record."""

from openclear.records.arrests import queries
from openclear.records.arrests.models import Arrest, Charge
from openclear.records.arrests.rows import ArrestFound
from openclear.records.arrests.rules import is_cb_number
from openclear.records.kind import NO, SURELY, RecordKind, Sealed, Search
from openclear.records.people.queries import are_all_there
from openclear.records.rules import number_reason
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city

_NUMBER = city().words["en"].arrest_number
ARRESTS = RecordKind(
    dataset=Dataset.ARRESTS,
    noun="arrest",
    list_action=Action.ARREST_SEARCH,
    view_action=Action.ARREST_VIEW,
    model=Arrest,
    row=ArrestFound,
    within=queries.within,
    rows=queries.rows,
    detail=queries.detail,
    search=Search(
        recognizes=lambda text: SURELY if is_cb_number(text) else NO,
        key=queries.key,
        takes=lambda text: bool(queries.key(text)),
        matching=queries.matching,
        order=("-made", "id"),
        numbers=("cb_number",),
        reasons=lambda text, row: number_reason(queries.key(text), row.cb_number, "cb-number"),
        by_rank=queries.ranked,
        read=queries.read,
    ),
    tells_of=lambda row: row.person_id,
    still_tells=are_all_there,
    tables={"arrest": Arrest, "charge": Charge},
    sealed=Sealed(
        rows=((Charge, "arrest"),),
        derived=(
            "incident: arrest_made, and the filter by it",
            "incident: the part of the arrestee among the people",
            "person: the part of the arrestee in the history",
            "property: the owner, where that is the arrestee",
            "figures and editions: whether an arrest was made",
        ),
        moment="arrests",
        arrests="pk",
    ),
    words={
        "title": "Arrests",
        "find": f"Search arrests by {_NUMBER} or name",
        "found by": f"By the beginning of the number of an arrest ({_NUMBER}), or by the name of the person arrested. Needs an open case.",
        "takes": "Arrests are found by the beginning of their number (%(arrest)s) or by the name of the person arrested.",
        "example": city().formats.arrest_number_example,
        "open": "Open one arrest",
        "shows": "Person, incident and charges, as far as the requester may see them. Needs an open case.",
    },
)
