"""Which items a search means, and how lists and pages show them. Only for this room."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from openclear.records.incidents.models import Incident, Involvement
from openclear.records.people.models import Person
from openclear.records.property.models import PropertyItem
from openclear.records.property.rows import PropertyDetail, PropertyFilter, PropertyRow
from openclear.records.told import tells_of_part
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"
INVENTORY_DIGITS = 8


@without_grant("reads nothing: it makes a value of what was typed")
def number_of(text: str) -> str:
    """Return an inventory or a serial number as it is compared: letters and digits, upper case."""
    return "".join(character for character in text.upper() if character.isalnum())


@without_grant("reads nothing: it makes a value of what was typed")
def can_be_a_number(text: str) -> bool:
    """Say whether a search text can be an inventory or serial number, or its beginning: one word, or with a digit."""
    return bool(number_of(text)) and (len(text.split()) == 1 or any(letter.isdigit() for letter in text))


@without_grant("reads nothing: it makes a value of what was typed")
def is_inventory_number(text: str) -> bool:
    """Say whether a search text is a whole inventory number."""
    number = text.strip()
    return len(number) == INVENTORY_DIGITS and number.isdecimal()


@without_grant("the grant's clearance filters: `over` refuses one without it")
def within(grant: Grant) -> "QuerySet[PropertyItem]":
    """Return the items that the holder may see: those of an incident only if they may see it."""
    items: QuerySet[PropertyItem] = PropertyItem.objects.within(grant.over(Dataset.PROPERTY))
    incidents = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    return items.filter(Q(incident=None) | Q(incident__in=incidents))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def matching(grant: Grant, text: str, filters: PropertyFilter) -> "QuerySet[PropertyItem]":
    """Return the items whose inventory or serial number begins with `text`, or all that match `filters` if it is ""."""
    number, found = number_of(text), within(grant)
    if number:
        end = number + END_OF_PREFIX
        found = found.filter(
            Q(inventory_number__gte=number, inventory_number__lt=end)
            | Q(serial_number__gte=number, serial_number__lt=end)
        )
    return found.filter(**filters.lookups())


@without_grant("shows rows that `within` let through")
def rows(_grant: Grant, page: Sequence[PropertyItem]) -> list[PropertyRow]:
    """Return items as lists show them."""
    return [
        PropertyRow(
            id=item.id,
            inventory_number=item.inventory_number,
            description=item.description,
            kind=item.kind,
            serial_number=item.serial_number,
            value=item.value,
            location=item.location,
        )
        for item in page
    ]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def detail(grant: Grant, record: UUID) -> PropertyDetail | None:
    """Return one item with its incident, and its owner if the holder may know of both together; None if it is hidden."""
    found = within(grant).filter(pk=record).select_related("incident").first()
    if found is None:
        return None
    incident = (found.incident.id, found.incident.rd_number) if found.incident else None
    return PropertyDetail(rows(grant, [found])[0], incident, _owner(grant, found))


def _owner(grant: Grant, item: PropertyItem) -> tuple[UUID, str] | None:
    # Owner and incident together tell of the owner's part in it: they are shown only if that part is.
    people = Person.objects.within(grant.over(Dataset.PEOPLE)).filter(pk=item.owner_id)
    if item.incident_id is not None:
        if "people" in grant.over(Dataset.INCIDENTS).hidden_fields:
            return None
        parts = Involvement.objects.within(grant.over(Dataset.PEOPLE)).filter(tells_of_part(grant))
        people = people.filter(pk__in=parts.filter(incident=item.incident_id).values("person"))
    owner = people.first()
    return (owner.id, f"{owner.given} {owner.family}".strip()) if owner else None
