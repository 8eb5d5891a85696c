"""What is shown of property: frozen, with the hidden fields already removed."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from openclear.records.found import given, narrows, shows

KINDS = {
    "electronics": "electronics", "jewelry": "jewelry", "firearm": "firearm", "bicycle": "bicycle",
    "vehicle part": "vehicle part", "currency": "currency", "other": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """An item in a list of results. `value`: dollars; `location`: where it is kept."""

    id: UUID
    inventory_number: str = field(metadata=shows("90000012"))
    description: str
    kind: str
    serial_number: str
    value: int | None
    location: str


@dataclass(frozen=True, slots=True)
class PropertyDetail:
    """An item with its incident as (id, RD number) and its owner as (id, name), each only if the requester may know of them."""

    item: PropertyRow
    incident: tuple[UUID, str] | None
    owner: tuple[UUID, str] | None


@dataclass(frozen=True, slots=True)
class PropertyFilter:
    """Filters of a search for property: its kind, and words of its description."""

    item_kind: str = field(default="", metadata=narrows("Kind of item", choices=KINDS))
    described: str = field(default="", metadata=narrows("Described as", longest=60, example="silver laptop"))

    def lookups(self) -> dict[str, Any]:
        """Return the conditions, as the table takes them."""
        return given({"kind": self.item_kind, "description__icontains": self.described.strip()})
