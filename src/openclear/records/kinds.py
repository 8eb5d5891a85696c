"""Every kind of record, in the order in which they are offered."""

from collections.abc import Mapping

from openclear.records.arrests.kind import ARRESTS
from openclear.records.cases.kind import CASES
from openclear.records.incidents.kind import INCIDENTS
from openclear.records.kind import RecordKind, Search
from openclear.records.people.kind import PEOPLE
from openclear.records.property.kind import PROPERTY
from openclear.records.vehicles.kind import VEHICLES
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

KINDS: tuple[RecordKind, ...] = (
    PEOPLE,
    INCIDENTS,
    ARRESTS,
    VEHICLES,
    PROPERTY,
    CASES,
)
BY_NOUN: Mapping[str, RecordKind] = {kind.noun: kind for kind in KINDS}
# Those with a search, by the name of their data set.
SEARCHED: Mapping[str, RecordKind] = {str(kind.dataset): kind for kind in KINDS if kind.search}


@without_grant("reads nothing: it makes a value of what was typed")
def searched(name: str) -> RecordKind:
    """Return the kind whose data set is `name`. Raises WrongUsage if no such kind is searched for."""
    if name not in SEARCHED:
        raise WrongUsage(f"Name what to look for: {', '.join(SEARCHED)}; not '{name[:20]}'.")
    return SEARCHED[name]


@without_grant("reads nothing: it makes a value of what was typed")
def search_of(kind: RecordKind) -> Search:
    """Return how a kind is found. Raises WrongUsage if it is only listed."""
    if kind.search is None:
        raise WrongUsage(f"There is no search for {kind.dataset}.")
    return kind.search
