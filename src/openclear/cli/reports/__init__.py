"""The words of the verbs on reports."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.reports.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on reports."""
    report = new_verb(verbs, "report", _ACTS, "report", "Make a report, now or as a job.")
    report.add_argument("kind", help="which one, such as book")
    report.add_argument("given", nargs="*", metavar="NAME=VALUE", help="what it is of, such as district=011")
    book = new_verb(
        verbs, "book", _ACTS, "book", "Make the PDF book of a district and a month, now or as a job."
    )
    book.add_argument("district", help="its number, such as 011")
    book.add_argument("month", help="such as 2026-06; it must be over")
    for verb in (report, book):
        verb.add_argument(
            "--to", type=Path, metavar="FILE", help="where it is written; without it a job makes it"
        )
        verb.add_argument("--officer", dest="by_officer", metavar="OFFICER", help="analyst who asks")
        with_json(verb)
