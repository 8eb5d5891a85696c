"""The race, as a program of its own: trials of an order against clients on a live server.

    python -m tests.live.race PORT TRIALS CLIENTS CASE CUT_TOKENS OTHER_TOKENS

Prints one JSON object. Runs with the environment of the city, so that it can give orders in its own process.
"""

import http.client
import json
import sys
import threading
import time
from itertools import cycle

from openclear.config.program import prepare


class Client(threading.Thread):
    """Asks the same question again and again and remembers when each answer was complete."""

    def __init__(self, port, path, token):
        super().__init__(daemon=True)
        self.port, self.path, self.token = port, path, token
        self.answers, self.lost, self.running = [], 0, True

    def run(self):
        connection, used = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), False
        while self.running:
            try:
                connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}"})
                response = connection.getresponse()
                response.read()
                self.answers.append((time.monotonic(), response.status))
                used = True
            except http.client.RemoteDisconnected:
                # Not one byte came on a connection that had been used: the server closed it while idle. Ask again.
                self.lost += not used
                connection, used = self._new(connection)
            except (http.client.HTTPException, OSError):
                self.lost += 1
                connection, used = self._new(connection)
        connection.close()

    def _new(self, old):
        old.close()
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), False


def main(port, trials, clients, case, cut_tokens, other_tokens):
    prepare()
    from tests.cast import cut_off, lift

    path = f"/api/v1/people?q=garcia&purpose=criminal-investigation&case={case}&limit=5"
    cut = start(port, path, clients, cut_tokens)
    others = start(port, path, clients, other_tokens)
    late = allowed_before = 0
    slowest = 0.0
    wait_for_answers(cut + others)
    for _ in range(trials):
        marks = [len(client.answers) for client in cut]
        began = time.monotonic()
        receipt = cut_off("us.dhs.ice")
        returned = time.monotonic()
        slowest = max(slowest, returned - began)
        time.sleep(0.05)
        for client, mark in zip(cut, marks, strict=True):
            new = client.answers[mark:]
            late += sum(status == 200 and moment > returned for moment, status in new)
        lift(receipt.order)
        marks = [len(client.answers) for client in cut]
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and not any(
            status == 200
            for client, mark in zip(cut, marks, strict=True)
            for _, status in client.answers[mark:]
        ):
            time.sleep(0.005)
        allowed_before += any(
            status == 200
            for client, mark in zip(cut, marks, strict=True)
            for _, status in client.answers[mark:]
        )
    for client in cut + others:
        client.running = False
    for client in cut + others:
        client.join(30)
    statuses = sorted({status for client in cut for _, status in client.answers})
    print(json.dumps({
        "trials": trials, "late": late, "trials_with_answers_before": allowed_before,
        "cut_statuses": statuses, "cut_answers": sum(len(client.answers) for client in cut),
        "others_not_answered": sum(status != 200 for client in others for _, status in client.answers),
        "others_lost": sum(client.lost for client in others), "others_answers": sum(len(client.answers) for client in others),
        "slowest_order": round(slowest, 3),
    }))  # fmt: skip


def start(port, path, count, tokens):
    clients = [Client(port, path, token) for _, token in zip(range(count), cycle(tokens))]
    for client in clients:
        client.start()
    return clients


def wait_for_answers(clients):
    while not all(client.answers for client in clients):
        time.sleep(0.01)


if __name__ == "__main__":
    main(
        int(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
        sys.argv[5].split(","),
        sys.argv[6].split(","),
    )
