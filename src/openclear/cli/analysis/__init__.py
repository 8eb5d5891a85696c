"""The words of the verbs on figures."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.analysis.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on figures."""
    snapshot = new_verb(
        verbs, "snapshot", _ACTS, "snapshot", "Make the snapshots of the months that changed."
    )
    figures = new_verb(verbs, "figures", _ACTS, "figures", "Count incidents by one thing.")
    figures.add_argument(
        "--by", default="month", help="month, primary_type, district, hour, weekday, year ..."
    )
    check = new_verb(
        verbs, "boundaries", _ACTS, "check_boundaries", "Compare recorded beats with those of the points."
    )
    check.add_argument(
        "kind", nargs="?", default="beat", choices=["beat", "community-area", "district", "ward"]
    )
    book = new_verb(
        verbs, "book", _ACTS, "book", "Make the PDF book of a district and a month, now or as a job."
    )
    book.add_argument("district", help="its number, such as 011")
    book.add_argument("month", help="such as 2026-06; it must be over")
    book.add_argument(
        "--to", type=Path, metavar="FILE", help="where the book is written; without it a job makes it"
    )
    for verb in (figures, check):
        verb.add_argument("--since", metavar="DAY")
        verb.add_argument("--until", metavar="DAY", help="the last day itself")
        verb.add_argument("--offense", metavar="TYPE", help="primary type, such as THEFT")
        verb.add_argument("--district")
        verb.add_argument("--community-area", type=int)
    for verb in (snapshot, figures, check, book):
        verb.add_argument("--officer", dest="by_officer", metavar="OFFICER", help="analyst who asks")
        with_json(verb)
