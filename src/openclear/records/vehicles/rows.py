"""What is shown of vehicles: frozen, with the hidden fields already removed."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from openclear.records.found import given, narrows, shows


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle. `registered_owner`: the registered owner, None if there is none that the requester may know of."""

    id: UUID
    plate: str = field(metadata=shows("OC00120"))
    plate_state: str
    year: int | None
    make: str
    model: str
    color: str
    stolen: bool
    registered_owner: UUID | None


@dataclass(frozen=True, slots=True)
class VehicleFilter:
    """Filters of a search for vehicles: state of the plate, make, color, whether reported stolen."""

    plate_state: str = field(
        default="", metadata=narrows("State", pattern=r"[A-Za-z]{2}", longest=2, example="IL")
    )
    make: str = field(default="", metadata=narrows("Make", longest=30, example="Toyota"))
    color: str = field(default="", metadata=narrows("Color", longest=20, example="silver"))
    stolen: bool | None = field(default=None, metadata=narrows("Reported stolen"))

    def lookups(self) -> dict[str, Any]:
        """Return the conditions, as the tables take them."""
        asked = {
            "plate_state": self.plate_state.upper(), "make__iexact": self.make, "color__iexact": self.color,
            "stolen": self.stolen,
        }  # fmt: skip
        return given(asked)
