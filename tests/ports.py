"""Ports for servers that are stopped and started again."""

import random
import socket
from contextlib import suppress

# Below those that the kernel gives to whoever connects: one of these would be taken now and then while a server is away.
RANGE = range(15_000, 32_000)


def free_port() -> int:
    """Return a port that nobody has, and that nobody is given who only connects. Raises OSError where all are taken."""
    for port in random.sample(RANGE, 200):
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
