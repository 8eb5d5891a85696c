"""The arguments of the verbs on figures."""

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.analysis.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on figures."""
    snapshot = new_verb(
        verbs, "snapshot", _ACTS, "snapshot", "Make the snapshots of the months that changed."
    )
    figures = new_verb(verbs, "figures", _ACTS, "figures", "Count incidents by one attribute.")
    figures.add_argument(
        "--by", default="month", help="month, day, year, primary_type, district, hour, weekday ..."
    )
    check = new_verb(
        verbs,
        "boundaries",
        _ACTS,
        "check_boundaries",
        "Compare recorded beats with the beats that contain the points.",
    )
    check.add_argument(
        "kind", nargs="?", default="beat", choices=["beat", "community-area", "district", "ward"]
    )
    for verb in (figures, check):
        verb.add_argument("--since", metavar="DAY")
        verb.add_argument("--until", metavar="DAY", help="the last day, included")
        verb.add_argument("--offense", metavar="TYPE", help="primary type, such as THEFT")
        verb.add_argument("--district")
        verb.add_argument("--community-area", type=int)
    for verb in (snapshot, figures, check):
        verb.add_argument("--officer", dest="by_officer", metavar="OFFICER", help="analyst who asks")
        with_json(verb)
