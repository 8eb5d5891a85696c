"""Vehicles, declared as a kind of record."""

from openclear.records.kind import NO, PERHAPS, RecordKind, Sealed, Search
from openclear.records.rules import block_of, number_reason
from openclear.records.vehicles import queries
from openclear.records.vehicles.models import Vehicle
from openclear.records.vehicles.rows import VehicleFilter, VehicleRow
from openclear.records.vehicles.rules import can_be_a_plate, is_like_a_plate, plate_of
from openclear.vocabulary.actions import Action, Dataset

VEHICLES = RecordKind(
    dataset=Dataset.VEHICLES,
    noun="vehicle",
    list_action=Action.VEHICLE_SEARCH,
    view_action=Action.VEHICLE_VIEW,
    model=Vehicle,
    row=VehicleRow,
    within=queries.within,
    rows=queries.rows,
    detail=queries.detail,
    search=Search(
        recognizes=lambda text: PERHAPS + 1 if is_like_a_plate(block_of(text)) else NO,
        key=plate_of,
        takes=can_be_a_plate,
        matching=queries.matching,
        order=("plate", "plate_state", "id"),
        numbers=("plate",),
        reasons=lambda text, row: number_reason(plate_of(text), row.plate, "plate"),
        filters=VehicleFilter,
        unrecorded=queries.unrecorded,
    ),
    tells_of=lambda row: row.registered_owner,
    still_tells=queries.are_owners_there,
    tables={"vehicle": Vehicle},
    sealed=Sealed(derived=("person: the vehicles",)),
    words={
        "title": "Vehicles",
        "find": "Search vehicles by plate",
        "found by": "By the beginning of a plate.",
        "takes": "Vehicles are found by the beginning of a plate.",
        "example": "OC0012",
        "open": "Open one vehicle",
        "shows": "Plate, make, registered owner, as far as the requester may see them.",
    },
)
