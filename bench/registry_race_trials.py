"""The registry race on one database: `python -m bench.registry_race_trials SCALE DATABASE` in a home of its own."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.city import SOME, here, wait_for
from bench.registry_race import TRIALS
from tests.ports import free_port

OTHERS = ("frost", "marsh", "hale", "tran")
WATCHED_SECONDS = 0.4
Act = Callable[[], object]


def main(scale: str, database: str) -> None:
    """Build, run the trials, print one JSON object."""
    here(*SOME)
    register_administrators()
    port = free_port()
    server = _server(port)
    counts = {"false_receipts": 0, "late_answers": 0, "lost": 0}
    try:
        wait_for(port)
        others = [_client(port, who) for who in OTHERS]
        _warm(others)
        for number in range(TRIALS[scale]):
            for name, count in Trial(number, port).run().items():
                counts[name] += count
            print(f"trial {number + 1}: {counts}", file=sys.stderr)
        counts["lost"] += sum(_failures(client) for client in others)
        print(f"others: {sum(len(client.answers) for client in others)} answers", file=sys.stderr)
    finally:
        server.terminate()
        server.wait(10)
    counts["false_receipts"] += not _log_is_whole()
    print(json.dumps({"database": database, "trials": TRIALS[scale], **counts}))


def register_administrators() -> None:
    """Register a second and a third access administrator beside the one of the demonstration."""
    from openclear.access.registry import commands
    from openclear.access.registry.commands import NewOfficer

    new = [
        NewOfficer(handle, handle, "", ("access-administrator",), (("il.chicago.pd", "employer"),), _until())
        for handle in ("race2", "race3")
    ]
    commands.register_officers(_key("novak"), approval=_key("adler"), officers=new)


class Trial:
    """One race on an agency of its own, with two parts and three people."""

    def __init__(self, number: int, port: int) -> None:
        """Register what is raced for."""
        from openclear.access.registry import commands, ties
        from openclear.access.registry.commands import NewAgency, NewOfficer
        from tests.cast import sign

        self.root, self.random, self.port = f"us.race{number}", random.Random(number), port
        paths = (self.root, f"{self.root}.one", f"{self.root}.two", f"{self.root}x")
        commands.register_agencies(
            _key("novak"), agencies=[NewAgency(path, "R", "federal") for path in paths]
        )
        for path in (self.root, f"{self.root}x"):
            sign(path, f"AGR-{path}", _until())
        homes = {f"r{number}a": "one", f"r{number}b": "two", f"r{number}c": "two"}
        people = [
            NewOfficer(handle, handle, "", ("officer",), ((f"{self.root}.{home}", "employer"),), _until())
            for handle, home in homes.items()
        ]
        commands.register_officers(_key("novak"), approval=_key("adler"), officers=people)
        self.people = list(homes)
        ties.affiliate(_key("novak"), handle=self.people[2], agency=f"{self.root}x", kind="detail")

    def run(self) -> dict[str, int]:
        """Race, look, and lift what was ordered."""
        clients = {handle: _client(self.port, handle) for handle in self.people}
        while not all(client.answers for client in clients.values()):
            time.sleep(0.005)
        proposal = self._propose() if self.random.random() < 0.5 else None
        given: list[Any] = []
        raised = at_once(
            [self._order(proposal, given), *self.random.sample(self._others_acts(), 4)], self.random
        )
        found = self._looked(given, clients)
        for client in clients.values():
            client.running = False
        return {**found, "lost": sum(_is_lost(error) for error in raised)}

    def _looked(self, given: list[Any], clients: dict[str, Any]) -> dict[str, int]:
        found = {"false_receipts": 0, "late_answers": 0}
        for receipt, returned in given:
            time.sleep(WATCHED_SECONDS)
            counted = self._counted(receipt)
            found["late_answers"] += sum(
                status == 200 and moment > returned
                for handle in counted
                for moment, status in (clients[handle].answers if handle in clients else ())
            )
            found["false_receipts"] += self._is_false(receipt, counted)
            self._lift(receipt.order)
        return found

    @staticmethod
    def _counted(receipt: Any) -> set[str]:
        from openclear.access.orders.queries import plan_of

        return set(plan_of(receipt.order)["people"])

    @staticmethod
    def _is_false(receipt: Any, counted: set[str]) -> bool:
        from openclear.access.gate.standing import read_standing
        from openclear.access.orders.plans import people_under

        [order] = [row for row in read_standing().orders if row.id == receipt.order]
        proved = all(item.state == "verified" and item.after == 0 for item in receipt.receipts)
        return not proved or people_under(order) != counted

    def _propose(self) -> int:
        from openclear.access.approvals import engine
        from openclear.access.orders.proposed import cut_off_draft

        return engine.propose(_key("novak", "order.cut-off"), draft=cut_off_draft(_draft(self.root)))

    def _order(self, proposal: int | None, given: list[Any]) -> Act:
        from openclear.access import orders
        from openclear.access.approvals import engine, queries

        adler = _key("adler", "order.cut-off")

        def act() -> None:
            if proposal is None:
                novak = _key("novak", "order.cut-off")
                receipt = orders.cut_off(novak, approval=adler, order=_draft(self.root))
            else:
                row = queries.proposal(adler, number=proposal)
                assert row
                seen = queries.means_now(adler, row=row).meaning
                [receipt] = engine.approve(adler, number=proposal, seen=seen)
            given.append((receipt, time.monotonic()))

        return act

    def _others_acts(self) -> list[Act]:
        from openclear.access.approvals import engine
        from openclear.access.orders.proposed import cut_off_draft
        from openclear.access.registry import moves, ties
        from openclear.access.registry.commands import NewAgency

        root, (first, second, third) = self.root, self.people
        new = NewAgency(f"{root}y", "Y", "federal")
        return [
            lambda: ties.end_affiliation(_key("race2"), handle=third, agency=f"{root}.two"),
            lambda: ties.affiliate(_key("race2"), handle=first, agency=f"{root}x", kind="detail"),
            lambda: ties.affiliate(_key("race3"), handle=second, agency=f"{root}.one", kind="detail"),
            lambda: moves.move_agency(_key("race3"), agency=f"{root}.one", to=f"us.gone-{root[3:]}"),
            lambda: moves.move_agency(_key("race2"), agency=root, to=f"{root}-moved"),
            lambda: moves.merge_agency(_key("race2"), agency=f"{root}.two", into=f"{root}x"),
            lambda: moves.split_agency(_key("race3"), agency=f"{root}.two", new=new, people=[second]),
            lambda: engine.propose(
                _key("race2", "order.cut-off"), draft=cut_off_draft(_draft(f"{root}.one"))
            ),
        ]

    @staticmethod
    def _lift(order: str) -> None:
        from openclear.access import orders

        orders.lift(
            _key("novak", "order.lift"),
            approval=_key("adler", "order.lift"),
            name=order,
            legal_basis="end of the trial",
        )


def at_once(acts: list[Act], chance: random.Random) -> list[BaseException | None]:
    """Run acts at once, a few milliseconds apart at most, each with connections of its own; return what each raised."""
    start = threading.Barrier(len(acts))
    raised: list[BaseException | None] = [None] * len(acts)

    def run(place: int, act: Act, wait: float) -> None:
        from django.db import connections

        from openclear.access import gate
        from openclear.audit import log

        start.wait()
        time.sleep(wait)
        try:
            with gate.handing_over():
                act()
        except Exception as error:  # noqa: BLE001 - whatever it was, it is looked at and counted
            raised[place] = error
        finally:
            log.hang_up()
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place, act, chance.random() * 0.02))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def _is_lost(error: BaseException | None) -> bool:
    from openclear.access.errors import NotAnswered
    from openclear.vocabulary.errors import NotPossible, WrongUsage

    if error is None or (isinstance(error, NotPossible | WrongUsage) and not isinstance(error, NotAnswered)):
        return False
    print(f"lost: {type(error).__name__}: {error}", file=sys.stderr)
    return True


def _client(port: int, who: str) -> Any:
    from tests.cast import token
    from tests.live.race import Client

    client = Client(port, "/api/v1/cases?limit=1", token(who))
    client.start()
    return client


def _warm(clients: list[Any]) -> None:
    """Wait until the server answers each of them: what it does not while it starts is no loss by a race."""
    while not all(client.answers for client in clients):
        time.sleep(0.01)
    for client in clients:
        client.lost = 0


def _failures(client: Any) -> int:
    client.running = False
    client.join(30)
    statuses = Counter(status for _, status in client.answers)
    print(f"{client.path} of others: {dict(statuses)}, {client.lost} without an answer", file=sys.stderr)
    return int(client.lost) + sum(count for status, count in statuses.items() if status != 200)


def _draft(agency: str) -> Any:
    from openclear.access import orders

    return orders.new_order(agency=agency, legal_basis="A race of the benchmark")


def _key(who: str, action: str = "registry.change") -> Any:
    from openclear.access import gate
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    return gate.open_for(who, Action(action), purpose=Purpose.ACCESS_ADMINISTRATION)


def _until() -> Any:
    from openclear.vocabulary import clock

    return clock.today() + timedelta(days=90)


def _log_is_whole() -> bool:
    from openclear.audit.queries import verify

    return verify().ok


def _server(port: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable, "-m", "gunicorn", "openclear.config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class",
        "openclear.config.workers.OfficerWorker", "--workers", "2", "--threads", "16", "--log-level", "error",
    ]  # fmt: skip
    return subprocess.Popen(command, env=os.environ)


if __name__ == "__main__":
    main(*sys.argv[1:])
