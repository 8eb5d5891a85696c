"""The arguments of the verbs on reports."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.reports.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on reports."""
    report = new_verb(verbs, "report", _ACTS, "report", "Make a report, now or as a job.")
    report.add_argument("kind", help="kind of report, such as book")
    report.add_argument("given", nargs="*", metavar="NAME=VALUE", help="its parameters, such as district=011")
    book = new_verb(
        verbs, "book", _ACTS, "book", "Make the PDF book of a district and a month, now or as a job."
    )
    book.add_argument("district", help="its number, such as 011")
    book.add_argument("month", help="a past month, such as 2026-06")
    for verb in (report, book):
        verb.add_argument(
            "--to", type=Path, metavar="FILE", help="file to write; without it, a job makes the report"
        )
        verb.add_argument("--officer", dest="by_officer", metavar="OFFICER", help="analyst who asks")
        with_json(verb)
