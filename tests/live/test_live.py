"""A live server, real clients, both databases: the race, and the power going out."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live.city import City
from tests.options import TRIALS
from tests.postgresql import server_address

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 32


@pytest.fixture(scope="module", params=["", "live"], ids=["sqlite", "postgresql"])
def city(request, tmp_path_factory):
    if request.param and server_address() is None:
        pytest.skip("no PostgreSQL server at OPENCLEAR_TEST_SERVER")
    made = City(tmp_path_factory.mktemp("live") / "city", request.param)
    made.build()
    made.start()
    yield made
    made.stop()


def person_search(case, text="garcia"):
    return f"/api/v1/people?q={text}&purpose=criminal-investigation&case={case}"


@pytest.mark.live
@pytest.mark.alone
def test_no_answer_behind_an_order_in_any_trial(city):
    case = city.case()
    cut, others = (
        [city.token(who) for who in group] for group in (("ives", "kerr"), ("frost", "tran", "hale"))
    )
    command = [
        sys.executable,
        "-m",
        "tests.live.race",
        str(city.port),
        str(TRIALS),
        str(CLIENTS),
        case,
        ",".join(cut),
        ",".join(others),
    ]
    done = subprocess.run(
        command, env=city.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    print(outcome)
    assert outcome["trials"] == TRIALS
    assert outcome["late"] == 0
    assert outcome["trials_with_answers_before"] >= TRIALS * 0.9
    assert outcome["cut_statuses"] == [200, 403]
    assert (outcome["others_lost"], outcome["others_not_answered"]) == (0, 0)
    proof = city.verify()
    assert proof["ok"], proof["faults"]
    assert proof["agencies"]["us.dhs.ice"]["allowed_under_order"] == 0
    assert proof["agencies"]["us.dhs.ice"]["refused_under_order"] > 0


@pytest.mark.live
def test_every_answer_that_reached_a_client_has_its_entry_when_the_server_is_killed(city):
    case, token = city.case(), city.token("frost")
    received = []

    def ask():
        with suppress(OSError, http.client.HTTPException):
            for _ in range(13):
                status, body = city.get(person_search(case), token, timeout=5)
                assert status == 200
                received.append(json.loads(body)["receipt"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    while len(received) < 30:
        assert any(thread.is_alive() for thread in threads), "each was answered, with 200"
        time.sleep(0.005)
    city.kill()
    for thread in threads:
        thread.join()
    assert 30 <= len(received) < 104
    city.start()
    folder = city.home / "after-kill"
    city.run("log", "export", str(folder))
    leaves = (folder / "leaves").read_bytes()
    headers = (folder / "headers.jsonl").read_bytes().splitlines()
    for receipt in received:
        place = receipt["entry"]
        assert leaves[32 * place : 32 * place + 32].hex() == receipt["leaf"]
        assert json.loads(headers[place])["decision"] == "allow"
    assert (
        subprocess.run(
            [sys.executable, "-I", folder / "verify.py", folder], capture_output=True, check=False
        ).returncode
        == 0
    )


KILLED_AT = """
import os, signal, sys
from openclear.config.program import prepare
prepare()
from openclear.access.gate import epoch
from openclear.access import models
from openclear.access.orders import receipts
from openclear.audit import log
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
place, name = {
    "the entry": (log, "append"),
    "the row": (models.OrderState.objects, "create"),
    "the commit": (models.CommittedEpoch.objects, "create"),
    "the confirmation": (epoch.Change, "confirm"),
    "the barrier": (receipts._Proof, "drained"),
    "the end of what is held": (receipts, "holdings_under"),
    "the result": (receipts, "_append_result"),
    "the proof": (models.OrderProof.objects, "create"),
}[sys.argv[1]]
from tests.cast import ADMINISTRATION, GROUND, grant
from openclear.access import orders
from openclear.vocabulary.actions import Action
first, second = (grant(who, Action.ORDER_CUT_OFF, ADMINISTRATION) for who in ("novak", "adler"))
order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
setattr(place, name, die)
orders.cut_off(first, approval=second, order=order)
"""
IN_FORCE_AFTER = {
    "the entry": False,
    "the row": True,
    "the commit": True,
    "the confirmation": True,
    "the barrier": True,
    "the end of what is held": True,
    "the result": True,
    "the proof": True,
}


@pytest.mark.live
@pytest.mark.parametrize("step", IN_FORCE_AFTER)
def test_an_order_killed_at_any_step_leaves_a_clear_state_and_nobody_else_waits(city, step):
    case = city.case()
    ives, frost = city.token("ives"), city.token("frost")
    assert city.get(person_search(case), ives)[0] == 200
    before = city.get(person_search(case), frost)[1]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, step],
        env=city.environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    expected = 403 if IN_FORCE_AFTER[step] else 200
    assert city.get(person_search(case), ives)[0] == expected
    began = time.monotonic()
    status, after = city.get(person_search(case), frost)
    assert status == 200
    assert time.monotonic() - began < 2
    assert json.loads(after)["results"] == json.loads(before)["results"]
    city.kill()
    city.start()
    status, problem = city.get(person_search(case), ives)
    assert status == expected
    assert city.get(person_search(case), frost)[0] == 200
    assert city.verify()["ok"]
    if IN_FORCE_AFTER[step]:
        assert json.loads(problem)["source"] == "Mayor's order of 10 July 2019"
        city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")
    assert city.get(person_search(case), ives)[0] == 200


EDITS = """
import sys, time
from openclear.config.program import prepare
prepare()
from datetime import timedelta
from openclear.access.registry import moves, ties
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import ADMINISTRATION, grant
key, edits, began = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION), 0, time.monotonic()
while time.monotonic() - began < 6:
    moves.rename_agency(key, agency="il.oaklawn.pd", name=f"Oak Lawn PD {edits % 9}")
    ties.affiliate(key, handle="marsh", agency="us.doj.usms", kind="detail")
    ties.end_affiliation(key, handle="marsh", agency="us.doj.usms")
    edits += 3
    time.sleep(max(0, began + edits / 100 - time.monotonic()))
print(edits / (time.monotonic() - began))
"""


@pytest.mark.live
@pytest.mark.alone
def test_a_hundred_edits_a_second_elsewhere_lose_nobody_a_request(city):
    case = city.case()
    tokens = [city.token(who) for who in ("frost", "tran", "hale", "rivera")]
    statuses, running = [], threading.Event()

    def ask(token):
        while not running.is_set():
            statuses.append(city.get(person_search(case), token)[0])

    threads = [threading.Thread(target=ask, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    edits = subprocess.run(
        [sys.executable, "-c", EDITS],
        env=city.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    running.set()
    for thread in threads:
        thread.join(30)
    assert edits.returncode == 0, edits.stderr
    print(f"{float(edits.stdout):.0f} edits a second, {len(statuses)} answers")
    assert set(statuses) == {200}
    assert len(statuses) > 50
    assert city.verify()["ok"]


@pytest.mark.live
@pytest.mark.alone
def test_clients_that_linger_keep_nobody_waiting(city):
    """Each asks for its connection to be closed and does not close its side: the server must not wait for that."""
    import socket

    case, frost = city.case(), city.token("frost")
    lingering, slowest = [], 0.0
    for _ in range(6):
        for _ in range(4):
            connection = socket.create_connection(("127.0.0.1", city.port))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            lingering.append(connection)
        began = time.monotonic()
        assert city.get(person_search(case), frost)[0] == 200
        slowest = max(slowest, time.monotonic() - began)
    for connection in lingering:
        connection.close()
    assert slowest < 1.5


@pytest.mark.live
@pytest.mark.alone
def test_clients_that_never_read_do_not_keep_an_order_waiting(city):
    import socket

    case, ives = city.case(), city.token("ives")
    slow = []
    for _ in range(8):
        connection = socket.create_connection(("127.0.0.1", city.port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        request = (
            f"GET {person_search(case)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {ives}\r\n\r\n"
        )
        connection.sendall(request.encode() * 20)
        slow.append(connection)
    time.sleep(0.3)
    began = time.monotonic()
    city.cut_off()
    assert time.monotonic() - began < 5
    for connection in slow:
        connection.close()
    assert city.verify()["ok"]
    city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


@pytest.mark.live
def test_a_killed_import_repeated_ends_as_one_clean_run(city, data):
    crimes = data / "chicago" / "homicides_2001_2018.csv.gz"
    command = [
        sys.executable,
        "-m",
        "openclear.config.program",
        "import",
        "chicago-crimes",
        str(crimes),
        "--json",
    ]
    running = subprocess.Popen(
        command, env=city.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(1.2)
    running.kill()
    running.wait()
    counts = json.loads(city.run("import", "chicago-crimes", str(crimes), "--json"))
    assert counts["read"] == 9265 == counts["inserted"] + counts["unchanged"]
    again = json.loads(city.run("import", "chicago-crimes", str(crimes), "--json"))
    assert again["unchanged"] == 9265
