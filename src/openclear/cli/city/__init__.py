"""The arguments of the verbs on the city as a whole: init, demo, serve, worker, sequencer."""

import argparse
from pathlib import Path

from openclear.cli.verb import Verbs, new_verb

_ACTS = "openclear.cli.city.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on the city as a whole."""
    init = new_verb(
        verbs, "init", _ACTS, "init", "Set up an empty city: keys, databases, log, administrators."
    )
    init.add_argument(
        "--demo", action="store_true", help="for demonstration, permanently: naming a person is enough"
    )
    init.add_argument("--administrator", metavar="HANDLE=NAME", help="first access administrator")
    init.add_argument("--approver", metavar="HANDLE=NAME", help="first approver (second person for orders)")
    init.add_argument(
        "--origin", default="openclear.example/log", help="name of the log, without plus signs or spaces"
    )
    init.add_argument("--city", type=Path, metavar="FILE", help="your city's profile, a city.toml")
    demo = new_verb(verbs, "demo", _ACTS, "demo", "Build the invented city and serve it.")
    demo.add_argument("--port", type=int, help="port of the officer site")
    demo.add_argument("--public-port", type=int, help="port of the public site")
    demo.add_argument("--fresh", action="store_true", help="delete the demonstration city first")
    demo.add_argument(
        "--crimes", type=Path, metavar="FILE", help="also import a file of the city's published crimes"
    )
    demo.add_argument("--people", type=_size, help="size of the invented city (default 22,000)")
    demo.add_argument("--incidents", type=_size, help="size of the invented city (default 62,000)")
    demo.add_argument("--no-serve", action="store_true", help="build the city, do not serve it")
    serve = new_verb(verbs, "serve", _ACTS, "serve", "Serve the officer site and the API.")
    serve.add_argument("--port", type=int)
    work = new_verb(
        verbs,
        "worker",
        "openclear.operations.worker",
        "worker",
        "Run exports, alerts and the daily review of accounts.",
    )
    work.add_argument("--once", action="store_true", help="work through what is waiting, then exit")
    work.add_argument("--while-running", type=int, metavar="PROCESS", help=argparse.SUPPRESS)
    sequencer = new_verb(
        verbs, "sequencer", _ACTS, "sequencer", "Run the log's one writer (started when needed)."
    )
    sequencer.add_argument("--stay", action="store_true", help="keep running when nobody is connected")
    # Callers that wait for the writer are told why it does not start, so it checks itself, and only its own database.
    sequencer.set_defaults(tells_refusal=True)


def _size(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len("99999999"):
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is not a number of records, such as 500")
    return int(text)
