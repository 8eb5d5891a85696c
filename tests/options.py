"""What whoever runs the tests can choose, taken out of the environment before the program looks at it."""

import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path

# Under this name it stays for the processes that pytest shares the tests among: they begin with what the first one left.
_KEPT = "CHOSEN_FOR_THE_TESTS"
_TAKEN = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("OPENCLEAR_")}
_GIVEN: dict[str, str] = json.loads(os.environ.get(_KEPT, "{}")) | _TAKEN
if "OPENCLEAR_TEST_CITIES" not in _GIVEN:
    _GIVEN["OPENCLEAR_TEST_CITIES"] = f"{tempfile.gettempdir()}/openclear-cities-{os.getpid()}"
    atexit.register(shutil.rmtree, _GIVEN["OPENCLEAR_TEST_CITIES"], ignore_errors=True)
os.environ[_KEPT] = json.dumps(_GIVEN)
# The whole suite on PostgreSQL instead of SQLite: the address of a server.
POSTGRESQL = _GIVEN.get("OPENCLEAR_TEST_POSTGRESQL", "")
# Where live tests look for a PostgreSQL server; they are skipped without one.
SERVER = _GIVEN.get("OPENCLEAR_TEST_SERVER", "postgresql://postgres@127.0.0.1:5432/postgres")
# Trials of the race, on each database.
TRIALS = int(_GIVEN.get("OPENCLEAR_TEST_TRIALS", "10"))
# Decisions that are compared with Cedar, row by row.
DECISIONS = int(_GIVEN.get("OPENCLEAR_TEST_DECISIONS", "2000"))
# Where cities that were built once stand to be copied: for all processes of this run or, where it is given, of more runs.
CITIES = Path(_GIVEN["OPENCLEAR_TEST_CITIES"])
