"""The warehouse tells the gate about stops and calls too: whose it is, until when, and what it is about."""

from uuid import UUID

from openclear.records.cases.grounds import CaseGrounds
from openclear.records.stops.models import Stop, StopPerson
from openclear.records.stops.rules import PURPOSE_OF, is_number
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Ground, OwnEvent


class EveryGround(CaseGrounds):
    """The port `access.ports.Grounds`: cases, dispatch events, warrants, and the stops and calls of officers on patrol."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or None."""
        # In exactly one spelling, so that its entries in the log all have the same number.
        return _stop(number) if is_number(number) else super().find(number)


def _stop(number: str) -> Ground | None:
    found = Stop.objects.filter(number=number).first()
    if found is None:
        return None
    event = OwnEvent(found.officer, PURPOSE_OF[found.kind], found.until, found.plate, _records_of(found))
    return Ground(found.kind, number, found.ended is None, agencies=(city().host,), event=event)


def _records_of(stop: Stop) -> tuple[tuple[Dataset, UUID], ...]:
    # What has a handling label is not of the stop: asking for it is the same as asking for anything else.
    vehicles, owners = [], []
    if stop.plate:
        cars = Vehicle.objects.filter(plate=stop.plate, labels=0).values_list(
            "id", "registered_owner", "registered_owner__labels"
        )
        for vehicle, owner, labels in cars:
            vehicles.append((Dataset.VEHICLES, vehicle))
            if labels == 0:
                owners.append((Dataset.PEOPLE, owner))
    met = StopPerson.objects.filter(stop=stop, person__labels=0).values_list("person", flat=True)
    return (*vehicles, *owners, *((Dataset.PEOPLE, person) for person in met))
