"""The program's verbs: what they print, where, and their exit codes."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from threading import Timer

import pytest

from openclear.cli.city import acts
from openclear.cli.main import main, parser
from tests.cast import search
from tests.cities import built

pytestmark = pytest.mark.anywhere


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments], lambda: None)
    out = capsys.readouterr()
    return code, out.out, out.err


def program(home, *arguments, **environment):
    command = [sys.executable, "-m", "openclear.config.program", *arguments]
    keep = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    return subprocess.run(
        command,
        env=keep | {"OPENCLEAR_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_cut_off_and_restore(capsys):
    order = (
        "cut-off",
        "us.dhs.ice",
        "--ground",
        "Mayor's order of 10 July 2019",
        "--by",
        "novak",
        "--approved-by",
        "adler",
    )
    code, out, _ = run(capsys, *order, "--json")
    receipt = json.loads(out)
    assert code == 0
    assert set(receipt) == {"order", "epoch", "receipts"}
    assert all(set(item) == {"target", "state", "before", "after"} for item in receipt["receipts"])
    assert search("ives", "garcia").status_code == 403
    assert run(capsys, "restore", receipt["order"], "--by", "novak", "--approved-by", "novak")[0] == 1
    code, out, _ = run(capsys, "restore", "us.dhs.ice", "--by", "adler", "--approved-by", "novak", "--json")
    assert code == 0
    assert json.loads(out)[0]["order"] == receipt["order"]
    assert search("ives", "garcia").status_code == 200


def test_one_person_is_refused_in_one_sentence(capsys):
    code, out, error = run(
        capsys, "cut-off", "us.dhs.ice", "--ground", "x", "--by", "novak", "--approved-by", "novak"
    )
    assert (code, out) == (1, "")
    told = r"An order needs two different people: one who orders and one who approves \(token ([0-9a-f]{64})\)\.\n"
    token = re.fullmatch(told, error)[1]
    assert main(["log", "find", token, "--json"], lambda: None) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["header"]["rules"], found["body"]["officer"]) == (["two-people"], "novak")


def test_a_plan_names_who_loses_what(capsys):
    code, out, _ = run(capsys, "cut-off", "us.dhs.ice", "--plan", "--by", "novak")
    assert code == 0
    assert "kerr" in out
    assert "others keep their access" in out
    assert run(capsys, "cut-off", "il.chicago.pd", "--plan", "--by", "novak")[0] == 1


def test_cases_agencies_officers_orders(capsys):
    cases = json.loads(run(capsys, "cases", "--open", "--json")[1])
    assert cases
    assert all("number" in case for case in cases)
    assert any(row["path"] == "us.dhs.ice.ero" for row in json.loads(run(capsys, "agencies", "--json")[1]))
    assert any(row["handle"] == "kerr" for row in json.loads(run(capsys, "officers", "--json")[1]))
    for verb in ("cases", "agencies", "officers", "orders"):
        assert run(capsys, verb)[0] == 0


def test_a_token_is_printed_alone(capsys):
    code, out, error = run(capsys, "token", "create", "--officer", "marsh")
    assert (code, error) == (0, "")
    assert len(out.split()) == 1
    assert run(capsys, "token", "create", "--officer", "nobody")[0] == 1


def test_explain(capsys):
    arguments = ("--officer", "kerr", "--action", "person.search", "--purpose", "criminal-investigation")
    code, out, _ = run(capsys, "explain", *arguments)
    assert code == 0
    assert "us.dhs.ice.hsi + us.doj.fbi" in out
    assert "person-needs-open-case" in out
    assert run(capsys, "explain", *arguments[:2], "--action", "person.steal", "--purpose", "x")[0] == 2


def test_log_verify_tells_size_root_agencies_faults(capsys):
    facts = json.loads(run(capsys, "log", "verify", "--json")[1])
    assert set(facts) >= {"ok", "size", "root", "agencies", "faults", "key", "key_from", "outside_size"}
    assert facts["ok"]
    assert run(capsys, "log", "verify", "--agency", "us.dhs.ice")[0] == 0


def test_an_agency_and_a_tie_are_registered_by_administrators_alone(capsys):
    assert run(capsys, "add-agency", "us.doj.fbi.chicago", "Chicago field office", "--by", "rivera")[0] == 1
    assert run(capsys, "add-agency", "us.treasury.irs", "IRS", "--by", "novak")[0] == 1
    assert run(capsys, "affiliate", "marsh", "us.doj.usms", "--by", "novak")[0] == 0
    assert run(capsys, "end-affiliation", "marsh", "us.doj.usms", "--by", "novak")[0] == 0
    assert run(capsys, "end-affiliation", "marsh", "us.doj.usms", "--by", "novak")[0] == 1


def test_without_a_city_the_sentence_says_what_to_do(tmp_path):
    for verb in (["cases"], ["log", "verify"], ["serve"], ["agencies"]):
        done = program(tmp_path / "nowhere", *verb)
        assert done.returncode == 1
        assert "openclear init" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_setting_stops_the_program(tmp_path):
    done = program(tmp_path, "cases", OPENCLEAR_COLOUR="blue")
    assert done.returncode == 2
    assert "no setting 'colour'" in done.stderr
    (tmp_path / "openclear.toml").write_text("worker = 3\n")
    assert program(tmp_path, "cases").returncode == 2
    (tmp_path / "openclear.toml").write_text("workers = [\n")
    assert program(tmp_path, "cases").returncode == 2


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A real city as it is founded, and the tokens that were printed."""
    home = tmp_path_factory.mktemp("real") / "city"
    assert program(home, "init").returncode == 2
    done = program(home, "init", "--administrator", "novak=Irena Novak", "--approver", "adler=Ruth Adler")
    assert done.returncode == 0, done.stderr
    return home, dict(line.split() for line in done.stdout.splitlines())


def test_a_real_city_asks_everyone_for_a_token(founded):
    home, tokens = founded
    assert program(home, "init", "--demo").returncode == 1
    assert program(home, "demo", "--fresh", "--no-serve", "--port", "1").returncode == 1
    assert "with their own token" in program(home, "token", "create", "--officer", "adler").stderr
    both = {"OPENCLEAR_TOKEN": tokens["novak"], "OPENCLEAR_APPROVER_TOKEN": tokens["adler"]}
    assert (
        program(home, "token", "create", "--officer", "adler", OPENCLEAR_TOKEN=tokens["novak"]).returncode
        == 1
    )
    assert program(home, "token", "create", "--officer", "adler", **both).returncode == 0
    order = ("cut-off", "il", "--ground", "x", "--by", "novak", "--approved-by", "adler")
    assert program(home, *order, OPENCLEAR_TOKEN=tokens["adler"]).returncode == 2
    assert program(home, *order, OPENCLEAR_TOKEN=tokens["novak"]).returncode == 2
    assert "last two approvers" in program(home, *order, **both).stderr
    assert program(home, "log", "verify").returncode == 0


def test_a_reader_who_has_enough_is_no_fault(capsys, monkeypatch):
    """As in `openclear officers | head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as shut:
        monkeypatch.setattr(sys, "stdout", shut)
        code = main(["officers"], lambda: None)
        monkeypatch.undo()
    assert code == 1
    assert capsys.readouterr().err == ""


def test_help_names_every_verb():
    text = parser().format_help()
    for verb in (
        "init",
        "demo",
        "serve",
        "import",
        "agencies",
        "cut-off",
        "restore",
        "explain",
        "log",
        "token",
        "cases",
    ):
        assert verb in text


@pytest.mark.parametrize("arguments", [["no-such-verb"], ["cut-off"], []])
def test_wrong_usage_is_exit_code_two(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments, lambda: None)
    assert stopped.value.code == 2


def test_lists_of_the_registry_are_answers_too_and_in_the_log(capsys):
    from openclear.audit import log

    size = log.state().size
    for verb in ("agencies", "officers", "orders"):
        assert run(capsys, verb)[0] == 0
    assert log.state().size == size + 3


def test_a_real_city_is_never_thrown_away_even_if_its_database_does_not_answer(founded, tmp_path):
    home = shutil.copytree(founded[0], tmp_path / "city", ignore=shutil.ignore_patterns("*.sock", "*.lock"))
    (home / "log" / "audit.sqlite3").unlink()
    done = program(home, "demo", "--fresh", "--no-serve")
    assert done.returncode == 1
    assert "is real" in done.stderr
    assert (home / "keys" / "log.key").exists()


@pytest.fixture
def kept_port():
    """Somebody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_port_of_a_server_that_has_just_died_is_waited_for(kept_port):
    Timer(0.4, kept_port.close).start()
    port = kept_port.getsockname()[1]
    acts._check_free(port)
    assert acts._is_free(port)


def test_whoever_names_a_port_that_somebody_keeps_is_told(kept_port, monkeypatch, capsys):
    monkeypatch.setattr(acts, "PORT_SECONDS", 0.2)
    port = kept_port.getsockname()[1]
    code, out, err = run(capsys, "demo", "--port", port)
    assert (code, out) == (1, "")
    assert (
        err.strip() == f"Port {port} is in use; stop the program that uses it, or choose another with --port."
    )


def test_a_command_that_ended_has_closed_its_databases(tmp_path):
    """Nothing lies beside them that a backup of the file alone would miss."""
    home = tmp_path / "city"
    built(home, 60, 60)
    done = program(home, "cases", "--by", "rivera")
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not [*(home / "police").glob("*.sqlite3-*"), *(home / "public").glob("*.sqlite3-*")]
