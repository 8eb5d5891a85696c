"""A city of its own with a short log: whoever damages an export has all of it replayed for each damage."""

import os
import subprocess
import sys

import pytest

from tests.cities import built
from tests.postgresql import SETTINGS

# Ives and Kerr are answered, cut off, refused, and lifted; Frost notices nothing. Some checkpoints are signed on the way.
STORY = """
from openclear.config.program import prepare
prepare()
from openclear.cli.main import main
def openclear(*words):
    assert main(list(words), lambda: None) == 0
from openclear.audit import log
from tests.cast import cut_off, lift, search
assert search("ives", "garcia").status_code == search("rivera", "garcia").status_code == 200
cut_off("us.dhs.ice")
assert search("ives", "garcia").status_code == search("kerr", "garcia").status_code == 403
assert search("frost", "garcia").status_code == 200
openclear("log", "verify", "--json")
openclear("log", "export", "{home}/headers-alone")
lift("us.dhs.ice")
for _ in range(3):
    search("frost", "garcia")
    log.checkpoint()
openclear("log", "export", "{home}/with-bodies", "--bodies", "--by", "okafor", "--reason", "review 9")
log.stop()
"""


@pytest.fixture(scope="session")
def small_city(tmp_path_factory):
    """Its home, with two exports: `headers-alone` while ICE is cut off, and `with-bodies` after that."""
    home = tmp_path_factory.mktemp("small")
    built(home, 60, 60)
    own = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    own |= {"OPENCLEAR_HOME": str(home), "OPENCLEAR_ALLOWED_HOSTS": "testserver"}
    done = subprocess.run(
        [sys.executable, "-c", STORY.format(home=home)], env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return home
