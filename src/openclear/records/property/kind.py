"""Property, declared as a kind of record: searched and viewed."""

from openclear.records.kind import NO, PROBABLY, RecordKind, Sealed, Search
from openclear.records.property import queries
from openclear.records.property.models import PropertyItem
from openclear.records.property.rows import PropertyFilter, PropertyRow
from openclear.records.rules import number_reason
from openclear.vocabulary.actions import Action, Dataset

PROPERTY = RecordKind(
    dataset=Dataset.PROPERTY,
    noun="property",
    list_action=Action.PROPERTY_SEARCH,
    view_action=Action.PROPERTY_VIEW,
    model=PropertyItem,
    row=PropertyRow,
    within=queries.within,
    rows=queries.rows,
    detail=queries.detail,
    search=Search(
        recognizes=lambda text: PROBABLY if queries.is_inventory_number(text) else NO,
        key=queries.number_of,
        takes=queries.can_be_a_number,
        matching=queries.matching,
        order=("-inventory_number", "id"),
        numbers=("inventory_number", "serial_number"),
        reasons=lambda text, row: number_reason(
            queries.number_of(text), row.inventory_number, "begins", row.serial_number, "begins"
        ),
        filters=PropertyFilter,
    ),
    tables={"property": PropertyItem},
    sealed=Sealed(),
    words={
        "title": "Property",
        "find": "Search property",
        "found by": "By the beginning of an inventory number or a serial number.",
        "takes": "Property is found by the beginning of an inventory number or a serial number. Words of its description go into the filter “Described as”.",
        "example": "90000012",
        "open": "Open one item of property",
        "shows": "Description, serial number, value, location, incident and owner, as far as the requester may see them.",
    },
)
