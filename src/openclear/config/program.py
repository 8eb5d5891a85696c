"""The program `openclear`: settings first, then the rooms, then the verb."""

import atexit
import os
import sys

from openclear.cli.main import main
from openclear.config.loading import for_good
from openclear.vocabulary.without_grant import without_grant

UMASK = 0o077
SETTINGS = "openclear.config.settings.officer"


@without_grant("sets a process up; reads no record")
def prepare() -> None:
    """Load settings and rooms. Raises WrongUsage for an unknown setting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    with for_good():
        import django  # noqa: PLC0415 - help answers without it

        django.setup()
        from django.db import connections  # noqa: PLC0415 - as above

        # What is loaded for good is not destroyed at the end, so databases are closed here and write their last
        # pages.
        atexit.register(connections.close_all)
        from openclear.config.wiring import wire  # noqa: PLC0415 - needs the rooms that setup() loaded

        wire()


@without_grant("entry point of the command line: verbs open the gate")
def run() -> None:
    """Run the verb of the command line and end with its exit code."""
    os.umask(UMASK)  # before anything is created: files in the home belong to this user only
    sys.exit(main(sys.argv[1:], _prepare_own_process))


def _prepare_own_process() -> None:
    prepare()
    from openclear.access.barrier import command_holds  # noqa: PLC0415 - needs the settings that prepare() loaded

    command_holds.end_process_when_cut()


if __name__ == "__main__":
    run()
