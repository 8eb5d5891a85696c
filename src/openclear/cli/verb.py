"""A verb of the program: its arguments here, its act in a module that is loaded when the verb is used.

The folder of each noun has both: `register` in its `__init__` adds the arguments, which need no settings, so --help
answers at once; `acts` has what the verbs do.
"""

import argparse
from typing import TYPE_CHECKING, TypeAlias

from openclear.vocabulary.roles import Role

if TYPE_CHECKING:
    from argparse import _SubParsersAction

Verbs: TypeAlias = "_SubParsersAction[argparse.ArgumentParser]"


def new_verb(verbs: Verbs, name: str, module: str, function: str, text: str) -> argparse.ArgumentParser:
    """Add a verb: the function that runs it is in a module that is loaded only when it runs."""
    new: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    new.set_defaults(verb=(module, function))
    new.add_argument("--as", dest="token", metavar="TOKEN", help="act as the holder of this token")
    new.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return new


def question(verbs: Verbs, name: str, reader: Role, text: str, *texts: str) -> argparse.ArgumentParser:
    """Add the verb of an endpoint. `reader`: who asks in a demonstration; `texts`: its parameters without help."""
    verb = new_verb(verbs, name, "openclear.cli.endpoint", "answer", text)
    verb.set_defaults(endpoint=name, reader=reader)
    for parameter in texts:
        verb.add_argument(f"--{parameter}")
    with_json(verb)
    return verb


def with_json(verb: argparse.ArgumentParser) -> None:
    """Add --json to a verb."""
    verb.add_argument("--json", action="store_true", help="print one JSON object")
