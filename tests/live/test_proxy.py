"""The TLS proxy of docs/operations.md, with readers that do not read: how much of an answer it still hands over."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.live.test_worker import Order, get, received, site
from tests.ports import free_port

__all__ = ["site"]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
READERS = 12
# What docs/operations.md says; without a proxy it is 0.
MOST_AFTER_THE_ORDER = 64 * 1024


@pytest.fixture
def proxy(site, tmp_path):
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip("haproxy or openssl is not on this machine")
    pem, port = certificate(tmp_path), free_port()
    shipped = re.search(r"```haproxy\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    configuration = (
        shipped.replace(":443 ", f"127.0.0.1:{port} ")
        .replace("/etc/openclear/site.pem", str(pem))
        .replace("127.0.0.1:8000", f"127.0.0.1:{site[0]}")
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
@pytest.mark.alone
def test_the_proxy_that_is_shipped_holds_little(site, proxy):
    """Each reader asked for a megabyte; behind the order comes only what the proxy had acknowledged."""
    order = Order(site, "us.dhs.ice")
    with ExitStack() as stack:
        quick = through(stack, proxy, get(100), 65536)
        assert b" 200 " in quick.recv(65536).splitlines()[0]
        readers = [through(stack, proxy, get(1_000_000), 1) for _ in range(READERS)]
        time.sleep(3)
        met, reset, _ = order.run()
        before = [received(reader) for reader in readers]
        for reader in readers:
            with suppress(OSError):
                while reader.recv(65536):
                    pass
        after = [received(reader) - count for reader, count in zip(readers, before, strict=True)]
    order.end()
    print(f"bytes after the order, each reader: {sorted(after)}")
    assert (met, reset) == (READERS, READERS)
    assert max(after) <= MOST_AFTER_THE_ORDER


@pytest.mark.live
@pytest.mark.alone
def test_what_one_visitor_sends_never_begins_the_request_of_the_next(proxy):
    """A length of 13 digits, and within the body the beginning of a request of the attacker's choice."""
    prefix = b"GET /77 HTTP/1.1\r\nX-Rest: "
    head = f"POST /free/5 HTTP/1.1\r\nHost: x\r\nContent-Length: {len(prefix):013d}\r\n\r\n".encode()
    for _ in range(8):
        with ExitStack() as stack:
            visitor = through(stack, proxy, get(5), 65536)
            assert answer(visitor).endswith(b"\r\n\r\nxxxxx")
            answer(through(stack, proxy, head + prefix, 65536))
            visitor.sendall(get(5))
            assert answer(visitor).endswith(b"\r\n\r\nxxxxx")


def answer(connection):
    got = b""
    while data := connection.recv(65536):
        got += data
        headers, _, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", headers, re.IGNORECASE)
        if length and len(body) >= int(length[1]):
            break
    return got
