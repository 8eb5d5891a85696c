"""A city of its own: its log is attacked, cut back, restored, moved to another machine."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.live.city import PROGRAM, City

pytestmark = pytest.mark.anywhere

SOCKETS = shutil.ignore_patterns("*.sock")
MATTER = ("--by", "novak", "--approved-by", "adler", "--reason", "restored from the backup of 1 July")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("accepting") / "city"
    own = City(home)
    own.build(60, 60)
    own.run("log", "verify")
    own.stop()
    return home


@pytest.fixture
def own(built, tmp_path):
    home = shutil.copytree(built, tmp_path / "city", ignore=SOCKETS)
    own = City(home)
    own.home = home
    yield own
    own.stop()


def execute(own, *statements):
    own.stop()
    with closing(sqlite3.connect(own.home / "log" / "audit.sqlite3")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def size_of(own):
    own.stop()
    with closing(sqlite3.connect(own.home / "log" / "audit.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM audit_entry").fetchone()[0]


def cut_back(own, size):
    execute(
        own,
        f'DELETE FROM audit_entry WHERE "index" >= {size}',
        f"DELETE FROM audit_body WHERE entry >= {size}",
        f"DELETE FROM audit_signedcheckpoint WHERE size > {size}",
    )


def refused(own, *arguments):
    done = subprocess.run(
        [*PROGRAM, *arguments], env=own.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_a_restored_log_is_accepted_by_two_people_and_its_own_entry_says_so(own):
    size = size_of(own)
    own.cut_off()
    own.run("agency", "move", "us.dhs.ice", "--to", "us.doj.ice", "--by", "novak", "--approved-by", "adler")
    longer = size_of(own)
    cut_back(own, size)
    assert f"ends before entry {size}" in refused(own, "serve", "--port", str(own.port))
    assert f"ends before entry {size}" in refused(own, "demo", "--no-serve")
    assert own.run("log", "verify", code=1).startswith("NOT PROVED")
    assert "Two different people" in refused(own, "log", "accept-restore", *MATTER[:3], "novak", *MATTER[4:])
    said = own.run("log", "accept-restore", *MATTER)
    assert f"entry {size} records this" in said
    assert "Order 2026" in said or "entered again" in said
    told = json.loads(own.run("log", "verify", "--json"))
    assert told["ok"]
    head = told["heads"][-1]
    assert (head["entry"], head["change"], head["size"], head["from_size"]) == (
        size,
        "restored",
        size,
        longer,
    )
    assert head["first"] == size
    # The log is the last judge again, also over the place that the agency moved to.
    text = own.run("log", "verify", "--agency", "us.doj.ice")
    assert "RESTORED" in text
    assert "now in-force" in text
    assert "nothing to accept" in refused(own, "log", "accept-restore", *MATTER)
    own.start()  # and it serves again
    assert list((own.home / "keys").glob("log.head.*"))


def test_a_head_that_was_deleted_is_a_refusal_and_is_accepted_with_an_entry(own):
    own.stop()
    (own.home / "keys" / "log.head").unlink()
    assert "There is no log.head next to the signing key" in refused(own, "serve", "--port", str(own.port))
    size = size_of(own)
    own.run("log", "accept-restore", *MATTER)
    assert json.loads(own.run("log", "verify", "--json"))["heads"][-1]["size"] == size
    assert json.loads(own.run("log", "verify", "--json"))["ok"]


def test_rows_that_are_no_checkpoints_of_this_log_stop_nobody_from_going_on(own):
    """The folder of keys lost its head, and somebody wrote into the table of checkpoints: two people still go on."""
    execute(own, "INSERT INTO audit_signedcheckpoint (size, note, listing) VALUES (1000000000, 'bogus', '')")
    (own.home / "keys" / "log.head").unlink()
    size = size_of(own)
    said = own.run("log", "accept-restore", *MATTER)
    assert (
        "The checkpoint over 1000000000 entries was not signed with this log's key; it is left out." in said
    )
    with closing(sqlite3.connect(own.home / "log" / "audit.sqlite3")) as database:
        (body,) = database.execute("SELECT fields FROM audit_body WHERE entry = ?", (size,)).fetchone()
    assert json.loads(body)["checkpoints_left_out"]["value"] == [1000000000]
    own.stop()
    assert json.loads(own.run("log", "verify", "--json"))["ok"], "and the next start took the row away"


def test_a_log_that_does_not_agree_with_itself_is_not_accepted(own):
    execute(own, 'UPDATE audit_entry SET leaf = zeroblob(32) WHERE "index" = 7')
    assert "Entry 7 of the log" in refused(own, "log", "accept-restore", *MATTER)


def test_another_machine_needs_no_act_where_keys_and_databases_came_along(own, tmp_path):
    own.stop()
    moved = City(shutil.copytree(own.home, tmp_path / "elsewhere", ignore=SOCKETS))
    moved.run("agencies")
    assert json.loads(moved.run("log", "verify", "--json"))["ok"]
    moved.stop()
