"""Letters and webhooks to receivers that are slow, say no, or never end: an order waits for none of them."""

import email
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from django.conf import settings
from django.db import connections

from openclear.delivery import alerts
from openclear.delivery.alerts import asking, sending
from openclear.delivery.lanes import MOST_OF_AN_OWNER, Lanes
from openclear.delivery.models import Alert, AlertHit
from openclear.records.cases.models import Case
from openclear.records.incidents.models import Incident
from openclear.vocabulary.actions import Action
from tests.cast import cut_off, grant, lift, open_case

pytestmark = pytest.mark.anywhere

# An order that waits for a hold resets it after half a second, and gives up after five; the rest is room for a busy machine.
PROMPT_SECONDS = 4.5


def new_incident(block):
    return Incident.objects.create(
        source="test", source_id=block, block=block, occurred="2026-06-01T12:00:00Z", rd_number=""
    )


class MailServer:
    """A mail server that is slow where it is told to be. `letters`: those that it took, as it was sent them.

    `slow`: at this word of the client it answers a byte every 0.3 seconds. `meanwhile`: done once, when DATA has begun.
    """

    def __init__(self, slow="", meanwhile=None):
        self.slow, self.meanwhile, self.letters, self.heard, self.last_byte = slow, meanwhile, [], [], 0.0
        self.asked_slowly = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        try:
            with connection, connection.makefile("rb") as lines:
                self._say(connection, "greeting", b"220 mail.example here")
                while line := lines.readline():
                    self._hear(connection, lines, line)
        except OSError:
            return

    def _hear(self, connection, lines, line):
        word = line.split()[0].decode().upper()
        self.heard.append(word)
        self.last_byte = time.monotonic()
        if word != "DATA":
            self._say(connection, word, b"250 OK")
            return
        if self.meanwhile:
            self.meanwhile()
            connections.close_all()  # of this thread, which ends with the conversation
        self._say(connection, word, b"354 go on")
        told = []
        while (line := lines.readline()) not in {b"", b".\r\n"}:
            told.append(line)
        if line:
            self.last_byte = time.monotonic()
            self.letters.append(b"".join(told))
        self._say(connection, "END", b"250 taken")

    def _say(self, connection, word, reply):
        data = reply + b"\r\n"
        if word != self.slow:
            connection.sendall(data)
            return
        self.asked_slowly.set()
        for _ in range(200):
            connection.sendall(b"2")
            time.sleep(0.3)


@pytest.fixture
def mail(monkeypatch):
    servers = []

    def start(**how):
        servers.append(MailServer(**how))
        monkeypatch.setattr(settings, "MAIL_SERVER", servers[-1].address)
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Receiver(BaseHTTPRequestHandler):
    """A webhook's receiver: /slow never ends its headers, /STATUS answers with it."""

    told: ClassVar[list] = []
    asked_slowly = threading.Event()

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/slow":
            self.asked_slowly.set()
            for _ in range(200):
                self.wfile.write(b"H")
                time.sleep(0.3)
        self.told.append((self.path, told["alert"]))
        self.send_response(int(self.path[1:]) if self.path[1:].isdecimal() else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", [address])
    Receiver.told.clear()
    Receiver.asked_slowly.clear()
    yield address
    server.shutdown()
    server.server_close()


@pytest.fixture
def news():
    """Something new for an alert of somebody, as a function; all of it is gone after the test."""
    rows, watches = [], []

    def make(who, channel, address="", case=None):
        block = f"0{len(rows)}99X W {who.upper()} {channel.upper()} ST"
        key = grant(who, Action.INCIDENT_SEARCH, case=case)
        alert = alerts.keep_alert(key, kind="incidents", text=block, channel=channel, address=address)
        watches.append(alert.id)
        rows.append(new_incident(block))
        return alert.id

    yield make
    asking.lanes.wait(10)
    for row in rows:
        row.delete()
    Alert.objects.filter(pk__in=watches).delete()


def is_told(alert):
    return AlertHit.objects.filter(alert=alert).exists()


def timed(act):
    begun = time.monotonic()
    result = act()
    return result, time.monotonic() - begun


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_an_order_does_not_wait_for_a_mail_server_that_dribbles_and_nothing_is_sent_behind_it(
    word, mail, news
):
    server, alert = mail(slow=word), news("tran", "mail")
    alerts.start_alerts()
    assert server.asked_slowly.wait(10)
    receipt, seconds = timed(lambda: cut_off("us.dhs.cbp"))
    returned = time.monotonic()
    try:
        answers = next(item for item in receipt.receipts if item.target == "answers being handed over")
        assert (answers.state, answers.before, answers.reset) == ("verified", 1, 1)
        assert seconds < PROMPT_SECONDS
        assert asking.lanes.wait(5)
        time.sleep(0.5)
        assert (server.letters, is_told(alert)) == ([], False)
        assert server.last_byte < returned
    finally:
        lift(receipt.order)


@pytest.mark.parametrize("word", ["greeting", "EHLO", "END"])
def test_a_mail_server_that_dribbles_before_or_behind_the_message_holds_nobody(word, mail, news, monkeypatch):
    monkeypatch.setattr(sending, "DELIVERY_SECONDS", PROMPT_SECONDS)
    server = mail(slow=word)
    news("tran", "mail")
    alerts.start_alerts()
    assert server.asked_slowly.wait(10)
    receipt, seconds = timed(lambda: cut_off("us.dhs.cbp"))
    lift(receipt.order)
    answers = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert (answers.state, answers.reset, seconds < PROMPT_SECONDS) == ("verified", 0, True)
    assert asking.lanes.wait(10)  # ended by their own bound


def test_a_delivery_is_bounded_as_a_whole(mail, news, monkeypatch):
    monkeypatch.setattr(sending, "DELIVERY_SECONDS", 1.5)
    mail(slow="RCPT")
    alert = news("tran", "mail")
    told, seconds = timed(alerts.run_alerts)
    assert (told, is_told(alert), seconds < PROMPT_SECONDS + 1.5) == (0, False, True)


def test_a_letter_is_delivered_when_the_server_said_so(mail, news):
    server, alert = mail(), news("tran", "mail")
    assert (alerts.run_alerts(), is_told(alert), len(server.letters)) == (1, True, 1)
    letter = email.message_from_bytes(server.letters[0])
    assert (letter["To"], letter["Subject"]) == ("tran@demo.example", "OpenCLEAR alert")
    assert alerts.run_alerts() == 0


def test_what_became_no_before_the_last_byte_is_not_sent(mail, news):
    case = Case.objects.get(number=open_case())
    server = mail(meanwhile=lambda: Case.objects.filter(pk=case.pk).update(closed="2026-06-02"))
    alert = news("rivera", "mail", case=case.number)
    try:
        assert (alerts.run_alerts(), is_told(alert), server.letters) == (0, False, [])
    finally:
        Case.objects.filter(pk=case.pk).update(closed=None)


def test_an_order_does_not_wait_for_a_webhook_that_took_its_message_and_says_nothing(
    receiver, news, monkeypatch
):
    monkeypatch.setattr(sending, "DELIVERY_SECONDS", PROMPT_SECONDS)
    alert = news("tran", "webhook", f"{receiver}/slow")
    alerts.start_alerts()
    assert Receiver.asked_slowly.wait(10)
    receipt, seconds = timed(lambda: cut_off("us.dhs.cbp"))
    lift(receipt.order)
    assert asking.lanes.wait(10)
    assert (is_told(alert), seconds < PROMPT_SECONDS) == (False, True)


def test_a_slow_receiver_stops_nobody_elses_alerts(mail, receiver, news, monkeypatch):
    monkeypatch.setattr(sending, "DELIVERY_SECONDS", 6.0)
    mail(slow="greeting")
    slow = [news("tran", "webhook", f"{receiver}/slow"), news("frost", "mail")]
    quick = [news("hale", "webhook", f"{receiver}/quick"), news("rivera", "page")]
    _, seconds = timed(alerts.start_alerts)
    assert seconds < PROMPT_SECONDS
    for alert in quick:
        deadline = time.monotonic() + 5
        while not is_told(alert) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [is_told(alert) for alert in (*quick, *slow)] == [True, True, False, False]


@pytest.mark.parametrize("status", [301, 404, 500])
def test_what_a_receiver_did_not_take_is_told_again(status, receiver, news):
    alert = news("tran", "webhook", f"{receiver}/{status}")
    assert (alerts.run_alerts(), is_told(alert)) == (0, False)
    Alert.objects.filter(pk=alert).update(address=f"{receiver}/202")
    assert (alerts.run_alerts(), is_told(alert)) == (1, True)
    assert Receiver.told == [(f"/{status}", str(alert)), ("/202", str(alert))]


def test_lanes_have_bounds_and_the_same_alert_is_under_way_once():
    lanes, go_on = Lanes(), threading.Event()
    assert lanes.hand(go_on.wait, key=0, receiver="r", owner="tran")
    assert not lanes.hand(go_on.wait, key=0, receiver="r", owner="tran")
    places = [lanes.hand(go_on.wait, key=n, receiver=f"r{n}", owner="tran") for n in range(1, 6)]
    assert sum(places) == MOST_OF_AN_OWNER - 1
    assert lanes.hand(go_on.wait, key="other", receiver="r", owner="hale")
    go_on.set()
    assert lanes.wait(5)


def test_an_order_ends_a_command_whose_output_nobody_reads():
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writing, b" " * 4096)  # full: not a byte of the answer goes out
    command = [sys.executable, "-m", "openclear.config.program", "cases", "--open", "--json", "--by", "tran"]
    process = subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=os.environ)
    os.close(writing)
    try:
        deadline = time.monotonic() + 30
        while not is_writing(process.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        receipt, seconds = timed(lambda: cut_off("us.dhs.cbp"))
        lift(receipt.order)
        answers = next(item for item in receipt.receipts if item.target == "answers being handed over")
        assert (answers.state, answers.before, answers.reset) == ("verified", 1, 1)
        assert seconds < PROMPT_SECONDS
        assert "ended this command" in process.communicate(timeout=10)[1]
        assert (process.returncode, os.read(reading, 8192)) == (1, b" " * 4096)
    finally:
        process.kill()
        process.communicate()
        os.close(reading)


def is_writing(process):
    return "pipe" in Path(f"/proc/{process}/wchan").read_text()
