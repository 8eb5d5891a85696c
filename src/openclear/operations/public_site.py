"""The public site alongside the server, and the account that publishes."""

import os
import subprocess

from django.conf import settings

from openclear.access import gate
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant


@without_grant("opens the gate for the account that publishes")
def publisher_grant(handle: str, action: Action) -> Grant:
    """Return a grant of the machine account that publishes. Raises Refused."""
    return gate.open_for(handle, action, purpose=Purpose.PUBLIC_RELEASE)


@without_grant("runs as the city itself, when a process starts")
def start_public_beside(process: int, port: int | None) -> None:
    """Start the public site so that it ends with `process`, unless the operator runs it as a service."""
    if settings.CONFIGURATION.public_site != "auto":
        return
    command = [*settings.PROGRAM_COMMAND, "public-site", "--while-running", str(process)]
    command += ["--port", str(port)] if port else []
    subprocess.Popen(  # noqa: S603 - our own program
        command,
        env=os.environ | settings.SEQUENCER_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
