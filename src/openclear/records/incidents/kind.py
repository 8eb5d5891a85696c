"""Incidents, declared as a kind of record."""

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.incidents import queries
from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.incidents.rows import IncidentFilter, IncidentRow
from openclear.records.incidents.rules import is_rd_number
from openclear.records.kind import NO, PROBABLY, SURELY, RecordKind, Sealed, Search
from openclear.records.property.models import PropertyItem
from openclear.records.rules import block_of, number_reason
from openclear.records.told import do_all_tell_of_arrest
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city


def _recognizes(text: str) -> int:
    if is_rd_number(block_of(text)):
        return SURELY
    return PROBABLY if block_of(text)[:1].isdigit() else NO


# As a search begins: a block without the last word of its street.
_BLOCK = city().formats.block_example.rpartition(" ")[0]
INCIDENTS = RecordKind(
    dataset=Dataset.INCIDENTS,
    noun="incident",
    list_action=Action.INCIDENT_SEARCH,
    view_action=Action.INCIDENT_VIEW,
    model=Incident,
    row=IncidentRow,
    within=queries.within,
    rows=queries.rows,
    detail=queries.detail,
    search=Search(
        recognizes=_recognizes,
        key=block_of,
        takes=lambda text: _recognizes(text) > NO,
        matching=queries.matching,
        order=("-occurred", "id"),
        numbers=("rd_number", "block"),
        reasons=lambda text, row: number_reason(
            block_of(text), row.rd_number, "rd-number", row.block, "block"
        ),
        filters=IncidentFilter,
        unrecorded=queries.unrecorded,
    ),
    tells_of=lambda row: row.id if row.arrest_made else None,
    still_tells=do_all_tell_of_arrest,
    tables={"incident": Incident, "offense": Offense, "involvement": Involvement},
    sealed=Sealed(
        rows=(
            (Offense, "incident"),
            (Involvement, "incident"),
            (Arrest, "incident"),
            (Charge, "arrest__incident"),
            (PropertyItem, "incident"),
        ),
        derived=(
            "case: the subject, the title and the incident",
            "figures and editions: the incident",
        ),
        moment="pk",
        arrests="incident",
    ),
    words={
        "title": "Incidents",
        "find": "Search incidents",
        "found by": f"By {city().words['en'].incident_number}, or by the beginning of a block such as {_BLOCK}.",
        "takes": "Incidents are found by the whole %(incident)s, or by the beginning of a block with its number.",
        "example": _BLOCK,
        "open": "Open one incident",
        "shows": "Offenses, narrative and people, as far as the requester may see them.",
    },
)
