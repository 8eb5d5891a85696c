"""The arguments of the verbs that ask why a decision was made, and who could have seen what."""

from openclear.cli.verb import Verbs, question
from openclear.vocabulary.roles import Role

_READER = Role.INSPECTOR_GENERAL


def register(verbs: Verbs) -> None:
    """Add the verbs that ask why, and who could have seen what."""
    explain = question(
        verbs, "explain", _READER, "Show how an act would be decided, now or on a day, and by which rules."
    )
    explain.add_argument("--officer", required=True)
    explain.add_argument("--action", required=True, help="such as person.search")
    explain.add_argument("--purpose", required=True)
    explain.add_argument("--case", help="number or id of the case")
    explain.add_argument("--on", metavar="DAY", help="as of the end of a past day, such as 2019-07-12")
    findings = question(
        verbs, "findings", _READER, "List who looked up more on one case within an hour than expected."
    )
    findings.add_argument("--since", metavar="DAY", help="a past day; without one, the last seven days")
    could = question(verbs, "could-see", _READER, "Show whether an agency could have seen a record on a day.")
    could.add_argument("--agency", required=True)
    could.add_argument("--record", required=True, help="id of the record")
    could.add_argument("--on", metavar="DAY", help="a past day; today if omitted")
    stops = question(verbs, "stops", _READER, "List the stops and calls of a day, with look-ups and rates.")
    stops.add_argument("--on", metavar="DAY", help="such as 2026-01-02; today if omitted")
