"""The program `openclear`: settings first, then the rooms, then the verb."""

import os
import sys

from openclear.cli.main import main

UMASK = 0o077
SETTINGS = "openclear.config.settings.officer"


def prepare() -> None:
    """Load settings and rooms. Raises WrongUsage on a setting that is not known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 - help answers without it

    django.setup()
    from openclear.config.wiring import wire  # noqa: PLC0415 - needs the rooms that setup() loaded

    wire()


def run() -> None:
    """Run the verb of the command line and end with its exit code."""
    os.umask(UMASK)  # before anything is made: what lies in the home is this user's alone
    sys.exit(main(sys.argv[1:], _prepare_own_process))


def _prepare_own_process() -> None:
    prepare()
    from openclear.access import command_holds  # noqa: PLC0415 - needs the settings that prepare() loaded

    command_holds.end_process_when_cut()


if __name__ == "__main__":
    run()
