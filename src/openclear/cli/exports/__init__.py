"""The arguments of the verb on exports."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.exports.acts"


def register(verbs: Verbs) -> None:
    """Add the verb on exports."""
    export = new_verb(
        verbs, "export", _ACTS, "export", "Request an export of a search, list your exports, or fetch one."
    )
    export.add_argument("what", choices=["request", "list", "fetch"])
    export.add_argument("export", nargs="?", help="id of an export")
    export.add_argument("--kind", help="data set, such as people or incidents")
    export.add_argument("--text", default="", help="words to search for")
    export.add_argument("--purpose")
    export.add_argument("--case", help="number or id of the case")
    export.add_argument("--format", default="csv", help="csv, parquet or pdf")
    export.add_argument("--to", type=Path, metavar="FILE", help="file to write")
    export.add_argument("--by", required=True, metavar="OFFICER")
    with_json(export)
