"""One small invented city for all tests of a run, on the real databases, with the real sequencer.

SQLite by default; OPENCLEAR_TEST_POSTGRESQL=postgresql://user@host/ runs the same tests on PostgreSQL.
"""

import atexit
import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.options import POSTGRESQL

# Speed is measured by benchmarks, never by a test: a busy machine is no defect.
settings.register_profile("stories", deadline=None)
settings.load_profile("stories")
HOME = Path(tempfile.mkdtemp(prefix="openclear-tests-"))
# Also of a process that only shares the tests among others.
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["OPENCLEAR_HOME"] = str(HOME)
os.environ["OPENCLEAR_ALLOWED_HOSTS"] = "testserver,127.0.0.1"
DATABASES = f"in_process_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
if POSTGRESQL:
    from tests.postgresql import SETTINGS, addresses_of

    os.environ |= dict(zip(SETTINGS, addresses_of(POSTGRESQL, DATABASES), strict=True))

from openclear.config.program import prepare  # noqa: E402 - the home is chosen above

prepare()

from django.conf import settings as django_settings  # noqa: E402 - after the home is chosen

# How slow a hash is, is Django's matter; a hundred sign-ins of the stories need not wait for it.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each client of a test is a site of its own, which would read all three hundred assets before its first answer.
django_settings.WHITENOISE_AUTOREFRESH = True


# Their stories read the whole log, some a dozen times; every other story makes it longer.
WHILE_THE_LOG_IS_SHORT = ("/tests/audit/", "/tests/access/orders/")
# One story of theirs takes seconds: begun early, so that no core waits at the end for another's last one.
LONG = (
    "/tests/access/registry/test_registry_model.py", "/tests/architecture/test_adding.py", "/tests/cli/", "/tests/operations/",
    "/tests/publishing/test_sensitive.py", "/tests/records/test_told.py", "/tests/sources/",
)  # fmt: skip


def turn(item: pytest.Item) -> int:
    """Return when a story's turn is, the lower the earlier."""
    where = item.path.as_posix()
    for number, places in enumerate((WHILE_THE_LOG_IS_SHORT, LONG)):
        if any(place in where for place in places):
            return number
    return 2


@pytest.hookimpl(
    trylast=True
)  # after pytest-randomly: no order of stories is promised, and none may be needed
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what reads the whole log, then with what is long, and hold the folder `live` to what its name says.

    `.ci/run` asks for what starts servers there, and for the rest elsewhere.
    """
    items.sort(key=turn)
    for item in items:
        is_there = "/tests/live/" in item.path.as_posix()
        if is_there != (item.get_closest_marker("live") is not None):
            raise pytest.UsageError(
                f"{item.nodeid}: what is marked live stands in tests/live, and nothing else does"
            )


@pytest.fixture(scope="session", autouse=True)
def city() -> Iterator[Path]:
    from openclear.audit import log
    from tests.cities import built

    built(HOME, server=POSTGRESQL, databases=DATABASES)
    # What is loaded by now stays, so the garbage collector need not look through all of it again and again.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    yield HOME
    log.stop()


@pytest.fixture(autouse=True)
def _nothing_held(request: pytest.FixtureRequest) -> Iterator[None]:
    from django.core.cache import cache
    from django.utils import translation

    from openclear.access import gate

    with gate.handing_over():
        yield
    cache.clear()
    translation.deactivate()  # a page in Spanish leaves its thread in Spanish
    if request.node.get_closest_marker("live") is None:  # those have a city of their own
        _no_order_left()
        _no_proposal_left()
        _no_answer_left()


def _no_answer_left() -> None:
    """Let go of an answer that was never let go, and say so here: the orders of its neighbours would wait in vain."""
    until = time.monotonic() + 5  # a thread of the test may be about to
    while (left := _answers()) and time.monotonic() < until:
        time.sleep(0.01)
    for hold in left:
        hold.release()
    assert not left, f"this test left answers that nobody lets go: {[hold.links for hold in left]}"


def _answers() -> list[Any]:
    from openclear.access.barrier.hold import keeper

    with keeper()._guard:
        return [hold for hold in keeper()._live if hold._returned is not None]


def _no_order_left() -> None:
    """Lift what a test left in force, and say so there: its neighbours would all fail for it otherwise."""
    from openclear.access.gate.standing import read_standing
    from tests.cast import lift

    left = [order.id for order in read_standing().orders]
    for order in left:
        lift(order)
    assert not left, f"this test left orders in force: {left}"


def _no_proposal_left() -> None:
    """What a test proposed, or turned down, guards no agency in the next one."""
    from openclear.access.models import Proposal

    Proposal.objects.filter(state__in=["open", "declined"]).update(state="withdrawn")


@pytest.fixture
def cut_ice() -> Iterator[object]:
    """ICE cut off for one test."""
    from tests.cast import cut_off, lift

    receipt = cut_off("us.dhs.ice")
    yield receipt
    lift("us.dhs.ice")


@pytest.fixture
def data() -> Path:
    """The shared real data, where they are there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data are not on this machine")
    return folder
