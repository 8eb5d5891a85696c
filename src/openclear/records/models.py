"""Tables of the warehouse. Every row says whence it came, who owns it and how it must be handled.

No column for immigration status, citizenship or country of birth exists here, and none may be added:
what is not stored cannot be shared (tests/architecture looks at every column).
"""

from openclear.records import kinds
from openclear.records.arrests.models import Arrest, Charge
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.keeping import Boundary, ChangedMonth, LabelTable, Sealing
from openclear.records.people.models import Address, Identifier, NameWord, Person, PersonName
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
    "Vehicle",
    "kinds",  # whose declarations bring the table of every kind in
]
