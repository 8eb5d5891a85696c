"""A city of its own for a live test: home, databases, a real server, real clients."""

import http.client
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.cities import INCIDENTS, PEOPLE, PROGRAM, built
from tests.options import SERVER
from tests.ports import free_port
from tests.postgresql import SETTINGS, addresses_of


class City:
    """One city in one folder, on SQLite or on PostgreSQL databases of a name, served on one port."""

    def __init__(self, home: Path, databases: str = "") -> None:
        self.home, self.databases = home, databases
        self._told: dict[tuple[str, ...], str] = {}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
        self.environment = kept | {
            "OPENCLEAR_HOME": str(home),
            "OPENCLEAR_THREADS": "48",
            "OPENCLEAR_PUBLIC_SITE": "external",
        }
        if databases:
            self.environment |= dict(zip(SETTINGS, addresses_of(SERVER, databases), strict=True))
        self.port = free_port()
        self.server: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, code: int = 0, wait: int = 120) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=wait,
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout

    def build(self, people: int = PEOPLE, incidents: int = INCIDENTS) -> None:
        built(self.home, people, incidents, server=self.databases and SERVER, databases=self.databases)

    def start(self) -> None:
        command = [*PROGRAM, "serve", "--port", str(self.port)]
        # Kept, so that whoever reads of a server that did not start also reads why.
        said = self.home / "server.out"
        with said.open("wb") as out:
            self.server = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.server.poll() is None:
            with suppress(OSError):
                if self.get("/healthz")[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the server did not start ({self.server.poll()}): {said.read_text()}")

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.server:
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, number)
            self.server.wait(30)
            self.server = None

    def stop(self) -> None:
        self.kill()
        with suppress(OSError, ValueError):
            os.kill(
                int((self.home / "log" / "sequencer.lock").read_text()),
                signal.SIGKILL,
            )

    def get(self, path: str, token: str = "", timeout: float = 30) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def token(self, officer: str) -> str:
        return self._once("token", "create", "--officer", officer).strip()

    def case(self) -> str:
        return json.loads(self._once("cases", "--open", "--json"))[0]["number"]

    def _once(self, *arguments: str) -> str:
        # What a city keeps, whatever is killed: each is asked for in a process of its own, which takes a second.
        if arguments not in self._told:
            self._told[arguments] = self.run(*arguments)
        return self._told[arguments]

    def cut_off(self) -> None:
        self.run(
            "cut-off",
            "us.dhs.ice",
            "--ground",
            "Mayor's order of 10 July 2019",
            "--by",
            "novak",
            "--approved-by",
            "adler",
        )

    def verify(self) -> dict:
        return json.loads(self.run("log", "verify", "--json"))
