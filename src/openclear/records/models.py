"""Tables of the warehouse. Every row says where it came from, who owns it and how it must be handled.

No column for immigration status, citizenship or country of birth exists here, and none may be added:
what is not stored cannot be shared (tests/architecture looks at every column).
"""

from django.db import models

from openclear.records import kinds
from openclear.records.arrests.models import Arrest, Charge
from openclear.records.boundaries.models import Boundary
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.people.models import Address, Identifier, NameWord, Person, PersonName
from openclear.records.stops.models import Stop, StopPerson
from openclear.records.vehicles.models import Vehicle

__all__ = [
    "Address",
    "Arrest",
    "Boundary",
    "Case",
    "CaseShare",
    "ChangedMonth",
    "Charge",
    "Identifier",
    "Incident",
    "Involvement",
    "LabelTable",
    "NameWord",
    "Offense",
    "Person",
    "PersonName",
    "Sealing",
    "ShareRequest",
    "Stop",
    "StopPerson",
    "Vehicle",
    "kinds",  # whose declarations import the table of every kind
]


class ChangedMonth(models.Model):
    """A month, by the city's clock, in which incidents were added, changed or sealed. Written in the change's own transaction.

    Each reader that keeps data made from incidents rebuilds the month and removes the marks that it read before.
    """

    month = models.DateField()
    reader = models.CharField(max_length=12)
    # The only incident of the month that changed, as by a sealing; none if others may have.
    incident = models.UUIDField(null=True)

    def __str__(self) -> str:
        """Return the month."""
        return f"{self.month:%Y-%m}"


class Sealing(models.Model):
    """What a court ordered to be sealed or expunged: begun before it is logged.

    Done when every row has the label and nothing read before is under way any more.
    """

    kind = models.CharField(max_length=10)
    record = models.UUIDField()
    label = models.IntegerField()
    court_order = models.CharField(max_length=80)
    by = models.CharField(max_length=40)
    begun = models.DateTimeField()
    done = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return the court's order."""
        return self.court_order


class LabelTable(models.Model):
    """The city's tables of offenses by which everything here was labeled. The newest counts."""

    codes = models.TextField()
    wordings = models.TextField()

    def __str__(self) -> str:
        """Return the number."""
        return f"tables {self.pk}"
