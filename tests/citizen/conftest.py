"""The public site of the city of these tests: a process that is given the folder `public/` and nothing else."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = Path(__file__).parent / "server.py"


@dataclass
class Answer:
    """What the site answered."""

    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Site:
    """The public site, as a reader meets it."""

    def __init__(self, folder):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER)], env=kept | {"OPENCLEAR_PUBLIC_FOLDER": str(folder)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, path, method="GET", **headers):
        asked = {
            "method": method,
            "path": path,
            "headers": {k.replace("_", "-"): v for k, v in headers.items()},
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return Answer(told["status"], told["headers"], base64.b64decode(told["body"]))

    def page(self, path):
        answer = self.ask(path)
        assert answer.status == 200, (path, answer.status)
        return answer.text

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def site(city):
    running = Site(city / "public")
    yield running
    running.close()
