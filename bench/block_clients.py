"""The clients of the block benchmark: a process of their own, so that they take no time from whoever gives the order.

`python -m bench.block_clients FILE` reads a JSON plan from standard input and asks until its standard input ends. Each
finished request becomes a line of FILE: whose, start, seconds, status.
"""

import http.client
import json
import random
import socket
import sys
import threading
import time
from typing import Any, TextIO

running = threading.Event()
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
    headers = "".join(f"{name}: {value}\r\n" for name, value in client["headers"].items())
    request = (
        f"GET {client['paths'][0]} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n".encode()
    )
    while not running.is_set():
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        try:
            connection.connect(("127.0.0.1", plan["port"]))
            connection.sendall(request)
            for _ in range(400):
                if running.is_set() or not connection.recv(1024):
                    break
                time.sleep(0.01)
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()


def main(path: str) -> None:
    """Run every client of the plan until standard input ends."""
    plan = json.loads(sys.stdin.readline())
    with open(path, "w", buffering=1) as out:
        threads = [
            threading.Thread(target=crawl, args=(plan, client), daemon=True)
            if client["slow"]
            else threading.Thread(target=ask, args=(plan, client, out), daemon=True)
            for client in plan["clients"]
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        running.set()
        for thread in threads:
            thread.join(10)


if __name__ == "__main__":
    main(sys.argv[1])
