"""The TLS proxy of docs/operations.md, with readers that do not read: how much of an answer it still hands over."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.live.city import City
from tests.live.test_handover import person_search, received, request_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
READERS = 12
# What docs/operations.md says; without a proxy it is 0.
MOST_AFTER_THE_ORDER = 64 * 1024


@pytest.fixture
def city(tmp_path):
    made = City(tmp_path / "city", None)
    made.environment |= {"OPENCLEAR_TLS": "proxy"}
    made.build()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def proxy(city, tmp_path):
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip("haproxy or openssl is not on this machine")
    pem, port = certificate(tmp_path), free_port()
    shipped = re.search(r"```haproxy\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    configuration = (
        shipped.replace(":443 ", f"127.0.0.1:{port} ")
        .replace("/etc/openclear/site.pem", str(pem))
        .replace("127.0.0.1:8000", f"127.0.0.1:{city.port}")
    )
    (tmp_path / "haproxy.cfg").write_text(configuration)
    running = subprocess.Popen([program, "-db", "-f", tmp_path / "haproxy.cfg"])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        time.sleep(0.1)
    yield port
    running.terminate()
    running.wait(10)


def certificate(folder):
    key, own = folder / "key.pem", folder / "own.pem"
    told = f"req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {own} -days 2 -subj /CN=127.0.0.1"
    subprocess.run(["openssl", *told.split()], check=True, capture_output=True)
    together = folder / "site.pem"
    together.write_bytes(own.read_bytes() + key.read_bytes())
    return together


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def through(stack, port, request, receive_buffer):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.settimeout(40)
    plain.connect(("127.0.0.1", port))
    connection = stack.enter_context(context.wrap_socket(plain))
    connection.sendall(request)
    return connection


@pytest.mark.live
def test_the_proxy_that_is_shipped_holds_little_and_the_receipt_names_it(city, proxy):
    case, ives, frost = city.case(), city.token("ives"), city.token("frost")
    with ExitStack() as stack:
        quick = through(stack, proxy, request_of(person_search(case, limit=5), frost), 65536)
        assert b" 200 " in quick.recv(65536).splitlines()[0]
        path = f"/api/v1/incidents?q=0&purpose=criminal-investigation&case={case}&limit=100"
        readers = [through(stack, proxy, request_of(path, ives), 2048) for _ in range(READERS)]
        time.sleep(5)
        out = city.run(
            *("cut-off", "us.dhs.ice", "--ground", "Mayor's order of 10 July 2019", "--by", "novak"),
            *("--approved-by", "adler", "--json"),
        )
        before = [received(reader) for reader in readers]
        drained = next(
            item for item in json.loads(out)["receipts"] if item["target"] == "answers being handed over"
        )
        for reader in readers:
            with suppress(OSError):
                while reader.recv(65536):
                    pass
        after = [received(reader) - count for reader, count in zip(readers, before, strict=True)]
        print(f"{drained}; bytes after the order, each reader: {sorted(after)}")
        assert drained["state"] == "verified"
        assert drained["outside"] == ["proxy 127.0.0.1 ::1"]
        assert max(after) <= MOST_AFTER_THE_ORDER
