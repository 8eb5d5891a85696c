"""What a story imported is forgotten behind it, in whichever file it is told."""

import pytest


@pytest.fixture(autouse=True)
def _forgotten():
    """Two hundred months of figures and editions would be made again by the next story, and tell of this one's rows."""
    from openclear.records.incidents.models import Incident
    from openclear.records.models import ChangedMonth

    marks = set(ChangedMonth.objects.values_list("pk", flat=True))
    yield
    Incident.objects.filter(source="chicago-portal").delete()
    ChangedMonth.objects.exclude(pk__in=marks).delete()
