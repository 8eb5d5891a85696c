"""An order against a busy city: what still leaves for the cut agency, what the others notice, how long it takes.

32 clients of the cut agency (searches, pages, suggestions, links, six that read a megabyte in sips) and twelve with the
smallest receive buffer that never read, 32 of others; an export of a million rows ready and another in the making, jobs
that wait, links and alerts that are open. Bytes are counted twice: by a witness in the server where they are passed to
the kernel, and for those who never read where they arrive, in the kernel of the client.

Then the same for a sealing: 24 clients ask for one person, who is sealed; counted is what still tells of them.
"""

from typing import Any

from bench.city import SOME
from bench.databases import on_each

DEFAULT_SCALE = "full"
TRIALS = {"small": 3, "full": 100}
CITY = {"small": SOME, "full": (2_000, 4_000)}
ROWS = {"small": 50_000, "full": 1_000_000}


def run(scale: str) -> list[dict[str, Any]]:
    """Return a row of orders and a row of sealings for each database."""
    return on_each("bench.block_trials", scale) + on_each("bench.sealing_trials", scale)
