"""A city that this version cannot go on with is refused by every command, in one sentence, and stays as it is."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from openclear.operations.steps import DATABASES
from tests.live.city import PROGRAM, City

pytestmark = pytest.mark.anywhere

SOCKETS = shutil.ignore_patterns("*.sock")
FILES = {"default": "police/police.sqlite3", "audit": "log/audit.sqlite3", "public": "public/public.sqlite3"}
# What the versions before the first release left in each of the three databases.
BEFORE = (
    ("access", "0002_accounts_and_proposals"), ("access", "0008_legal_basis_and_reason"), ("audit", "0002_asker_and_verification"),
    ("audit", "0007_case_of_a_body"), ("records", "0002_addresses"), ("records", "0009_property"), ("release", "0002_access"),
    ("search", "0003_alerts_and_filters"),
)  # fmt: skip
COMMANDS = (
    ("demo", "--no-serve"), ("serve",), ("cases", "--by", "rivera"), ("log", "verify"), ("log", "export", "never"), ("sequencer",),
    ("init", "--demo"),
)  # fmt: skip
SMALL = ("--no-serve", "--people", "60", "--incidents", "60")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("steps") / "city"
    own = City(home)
    own.build(60, 60)
    return home


@pytest.fixture
def own(built, tmp_path):
    own = City(shutil.copytree(built, tmp_path / "city", ignore=SOCKETS))
    yield own
    own.stop()


def execute(own, alias, *statements):
    with closing(sqlite3.connect(own.home / FILES[alias])) as database:
        for statement, values in statements:
            database.executemany(statement, values)
        database.commit()


def take(own, steps, aliases=DATABASES):
    """Write into the databases that these steps were taken."""
    for alias in aliases:
        execute(
            own,
            alias,
            ("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-11-25')", steps),
        )


def bytes_of(home):
    """Return what every file holds, but for those of the writer's process: it says there why it does not start."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("sequencer.")
    }


def refused(own, *arguments):
    done = subprocess.run(
        [*PROGRAM, *arguments], env=own.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout) == (1, ""), (arguments, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_city_from_before_the_first_release_is_refused_and_stays_as_it_is(own, arguments):
    take(own, BEFORE)
    before = bytes_of(own.home)
    said = refused(own, *arguments)
    assert f"The city in {own.home} was made by an earlier version, before the first release" in said
    assert "./run demo --fresh" in said
    assert "openclear init in another OPENCLEAR_HOME; nothing was changed." in said
    assert bytes_of(own.home) == before


def test_a_city_of_the_very_first_versions_had_no_second_step_and_lacks_a_table(own):
    execute(own, "default", ("DROP TABLE access_proposal", [()]))
    assert "before the first release" in refused(own, "cases", "--by", "rivera")
    assert "before the first release" in refused(own, "serve")


@pytest.mark.parametrize("alias", ["audit", "public"])
def test_the_start_looks_at_each_database(own, alias):
    """One of the three was restored from a backup of an earlier version."""
    take(own, BEFORE, [alias])
    assert "before the first release" in refused(own, "serve")
    assert "before the first release" in refused(own, "demo", "--no-serve")


def test_a_new_demonstration_takes_the_place_of_an_earlier_one(own):
    take(own, BEFORE)
    (own.home / "police" / "of_the_earlier_one").touch()
    own.run("demo", "--fresh", *SMALL)
    assert not (own.home / "police" / "of_the_earlier_one").exists()
    assert json.loads(own.run("cases", "--open", "--json"))
    assert json.loads(own.run("log", "verify", "--json"))["ok"]
    own.run("demo", *SMALL)


def test_a_real_city_of_an_earlier_version_is_not_thrown_away(own):
    take(own, BEFORE)
    (own.home / "keys" / "demonstration").unlink()
    before = bytes_of(own.home)
    assert "The city here is real" in refused(own, "demo", "--fresh", "--no-serve")
    assert bytes_of(own.home) == before


def test_a_city_that_a_newer_version_brought_up_to_date_is_refused_too(own):
    take(own, [("records", "0999_of_the_next_release")])
    for arguments in (("serve",), ("demo", "--no-serve"), ("log", "verify")):
        said = refused(own, *arguments)
        assert "upgraded by a newer version of OpenCLEAR (records.0999_of_the_next_release)" in said


def test_a_step_that_another_package_took_is_for_that_package_to_know(own):
    take(own, [("sessions", "0999_of_another_package")])
    own.run("cases", "--by", "rivera")
