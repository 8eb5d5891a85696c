"""The clients of the block benchmark: a process of their own, so that they take no time from whoever gives the order.

`python -m bench.block_clients FILE` reads a JSON plan from standard input and asks until its standard input ends. Each
finished request becomes a line of FILE: whose, start, seconds, status. Of the readers that never read, FILE.arrived says
when how many bytes of an answer came to the kernel of this machine (TCP_INFO), whoever reads them or not.
"""

import http.client
import json
import random
import socket
import struct
import sys
import threading
import time
from typing import Any, TextIO

running = threading.Event()
CLOSED = 7  # TCP_CLOSE
_line = threading.Lock()


def ask(plan: dict[str, Any], client: dict[str, Any], out: TextIO) -> None:
    """Ask the client's paths in turn, at its pace, over a kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=20)
    time.sleep(random.random() * client["pause"])
    turn = 0
    while not running.is_set():
        path = client["paths"][turn % len(client["paths"])]
        turn += 1
        began, status = time.monotonic(), 0
        try:
            connection.request("GET", path, headers=client["headers"])
            response = connection.getresponse()
            response.read()
            status = response.status
        except http.client.RemoteDisconnected:
            connection.close()  # an idle connection that the server had closed: ask again
            continue
        except (OSError, http.client.HTTPException):
            connection.close()
        with _line:
            out.write(f"{client['whose']} {began:.6f} {time.monotonic() - began:.6f} {status}\n")
        time.sleep(max(0.0, client["pause"] * (0.75 + random.random() / 2) - (time.monotonic() - began)))


def crawl(plan: dict[str, Any], client: dict[str, Any]) -> None:
    """Read an answer of a megabyte in sips, so that it is still being handed over when the order comes."""
    while not running.is_set():
        try:
            with asking(plan, client, receive_buffer=4096) as connection:
                for _ in range(400):
                    if running.is_set() or not connection.recv(1024):
                        break
                    time.sleep(0.01)
        except OSError:
            time.sleep(0.05)


def wait(plan: dict[str, Any], client: dict[str, Any], arrived: TextIO) -> None:
    """Ask with the smallest receive buffer there is, and never read: what was answered waits in the server's kernel."""
    while not running.is_set():
        try:
            with asking(plan, client, receive_buffer=1) as connection:
                _await_reset(connection, arrived)
        except OSError:
            time.sleep(0.2)


def _await_reset(connection: socket.socket, arrived: TextIO) -> None:
    connection.settimeout(0)
    counted = 0
    while not running.is_set():
        kernel_has = received(connection)
        if kernel_has > counted:
            beginning = connection.recv(12, socket.MSG_PEEK)
            if not beginning.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")):
                time.sleep(0.2)
                return
            with _line:
                arrived.write(f"{time.monotonic():.6f} {kernel_has - counted}\n")
            counted = kernel_has
        if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == CLOSED:
            return
        time.sleep(0.02)


def received(connection: socket.socket) -> int:
    """Return how many bytes this machine's kernel has received: tcpi_bytes_received."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int(struct.unpack_from("<Q", info, 128)[0])


def asking(plan: dict[str, Any], client: dict[str, Any], receive_buffer: int) -> socket.socket:
    """Return a connection that has sent the client's first request."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in client["headers"].items())
    request = f"GET {client['paths'][0]} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n"
    connection = socket.socket()
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", plan["port"]))
        connection.sendall(request.encode())
    except OSError:
        connection.close()
        raise
    return connection


def main(path: str) -> None:
    """Run every client of the plan until standard input ends."""
    plan = json.loads(sys.stdin.readline())
    with open(path, "w", buffering=1) as out, open(f"{path}.arrived", "w", buffering=1) as arrived:
        ways = {"asks": (ask, (out,)), "sips": (crawl, ()), "waits": (wait, (arrived,))}
        threads = [
            threading.Thread(target=way, args=(plan, client, *more), daemon=True)
            for client in plan["clients"]
            for way, more in [ways[client["way"]]]
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        running.set()
        for thread in threads:
            thread.join(10)


if __name__ == "__main__":
    main(sys.argv[1])
