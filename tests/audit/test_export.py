"""An outsider holds a folder and Python. Whatever somebody does to the folder, the verifier names the entry."""

import json
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openclear.audit.keys import read_key
from openclear.audit.proof import notes
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.merkle import leaf_hash, root_of
from openclear.cli.main import main
from tests.audit.outsider import verify, verify_alone
from tests.cast import search

pytestmark = pytest.mark.anywhere


def openclear(*arguments):
    return main([str(argument) for argument in arguments], lambda: None)


@pytest.fixture
def export(small_city, tmp_path):
    return shutil.copytree(small_city / "headers-alone", tmp_path / "log")


def headers(folder):
    return (folder / "headers.jsonl").read_bytes().splitlines()


def write(folder, lines):
    (folder / "headers.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def assert_named(folder, entry):
    done = verify(folder)
    assert done.returncode == 1
    assert f"entry {entry}:" in done.stdout, done.stdout


def test_the_log_proves_what_happened_to_ice(export):
    done = verify_alone(export, "--agency", "us.dhs.ice")
    assert done.returncode == 0, done.stdout
    facts = {line[:18].strip(): line.split() for line in done.stdout.splitlines()}
    assert int(facts["before an order"][4]) + int(facts["after the lifting"][4]) >= 1
    assert facts["under an order"][3:6] == ["allowed", "0", "refused"]
    assert int(facts["under an order"][6]) >= 2
    assert "not proved" in done.stdout


def test_json_of_the_verifier(export):
    counts = json.loads(verify_alone(export, "--json").stdout)
    assert counts["ok"]
    assert counts["agencies"]["us.dhs.ice"]["allowed_under_order"] == 0
    assert counts["agencies"]["us.doj.fbi"]["allowed"] >= 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_any_flipped_byte_is_named(export, share):
    lines = headers(export)
    place = int(len(lines) * share)
    line, digit = lines[place], lines[place].index(b'"commitment":"') + len(b'"commitment":"')
    # In the middle it may be a header no more; another digit of its commitment leaves it one.
    for at, byte in (
        (len(line) // 2, line[len(line) // 2] ^ 1),
        (digit, ord("1" if line[digit] == ord("0") else "0")),
    ):
        write(export, [*lines[:place], line[:at] + bytes([byte]) + line[at + 1 :], *lines[place + 1 :]])
        assert_named(export, place)


def test_every_byte_of_one_header_counts(export):
    lines = headers(export)
    for place in range(0, len(lines[5]), 7):
        damaged = bytearray(lines[5])
        damaged[place] ^= 4
        write(export, [*lines[:5], bytes(damaged), *lines[6:]])
        assert verify(export).returncode == 1, place


def test_removed_reordered_and_inserted_entries_are_named(export):
    lines = headers(export)
    write(export, lines[:7] + lines[8:])
    assert_named(export, 7)
    write(export, [*lines[:7], lines[8], lines[7], *lines[9:]])
    assert_named(export, 7)
    write(export, [*lines[:7], lines[7], lines[7], *lines[8:]])
    assert_named(export, 8)
    write(export, lines[:-1])
    assert_named(export, len(lines) - 1)
    write(export, [*lines, lines[-1]])
    assert_named(export, len(lines))


def test_a_flipped_leaf_hash_is_named(export):
    leaves = bytearray((export / "leaves").read_bytes())
    leaves[32 * 9] ^= 1
    (export / "leaves").write_bytes(leaves)
    assert_named(export, 9)


def forge(folder, change):
    """Change the headers and make all hashes fit again, as an operator without the key could."""
    lines = change(headers(folder))
    leaves = [leaf_hash(line) for line in lines]
    write(folder, lines)
    (folder / "leaves").write_bytes(b"".join(leaves))
    return lines, leaves


def test_an_allow_turned_into_a_refusal_does_not_fit_the_signed_root(export):
    def hide(lines):
        place = next(
            place for place, line in enumerate(lines) if b"us.dhs.ice" in line and b'"allow"' in line
        )
        header = json.loads(lines[place]) | {"kind": "refusal", "decision": "deny"}
        return [*lines[:place], encode(header), *lines[place + 1 :]]

    forge(export, hide)
    done = verify(export)
    assert done.returncode == 1
    assert "is not the one that was signed" in done.stdout


def test_a_checkpoint_of_another_key_is_forged(export):
    _, leaves = forge(export, lambda lines: lines[:-1])
    mallory = Ed25519PrivateKey.generate()
    public = mallory.public_key().public_bytes_raw()
    origin = (export / "checkpoint").read_text().split("\n")[0]
    text = notes.checkpoint_text(notes.Checkpoint(origin, len(leaves), root_of(leaves)))
    (export / "checkpoint").write_text(notes.sign_note(text, origin, public, mallory.sign))
    shutil.rmtree(export / "checkpoints")
    (export / "checkpoints").mkdir()
    assert "checkpoint:" in verify(export).stdout
    (export / "log.vkey").write_text(notes.key_text(origin, public))
    assert_named(export, 0)


@pytest.mark.parametrize("line", [0, 1, 2, 4])
def test_a_damaged_checkpoint_is_no_checkpoint(export, line):
    lines = (export / "checkpoint").read_text().split("\n")
    lines[line] = lines[line][:-2] + ("A" if lines[line][-2] != "A" else "B") + lines[line][-1]
    (export / "checkpoint").write_text("\n".join(lines))
    assert verify(export).returncode == 1


def test_an_allow_behind_an_order_is_named_even_if_the_operator_signs_it(export, small_city):
    key = read_key(small_city / "keys" / "log.key")

    def slip_in(lines):
        header = json.loads(
            next(line for line in lines if b'"decision":"deny"' in line and b"us.dhs.ice" in line)
        )
        return [*lines, encode(header | {"i": len(lines), "kind": "answer", "decision": "allow"})]

    lines, leaves = forge(export, slip_in)
    (export / "checkpoint").write_text(key.sign(notes.Checkpoint(key.name, len(leaves), root_of(leaves))))
    assert_named(export, len(lines) - 1)


def test_bodies_are_for_oversight_with_a_reason_alone(tmp_path, capsys):
    assert openclear("log", "export", tmp_path / "a", "--bodies", "--by", "okafor") == 2
    assert openclear("log", "export", tmp_path / "b", "--bodies", "--by", "novak", "--reason", "curious") == 1
    assert not (tmp_path / "b").exists()
    assert (
        openclear("log", "export", tmp_path / "c", "--bodies", "--by", "okafor", "--reason", "review 7") == 0
    )
    assert verify(tmp_path / "c").returncode == 0
    lines = (tmp_path / "c" / "bodies.jsonl").read_bytes().splitlines()
    body = json.loads(lines[10])
    name = next(iter(body["fields"]))
    body["fields"][name]["value"] = "changed"
    changed = [*lines[:10], encode(body), *lines[11:]]
    (tmp_path / "c" / "bodies.jsonl").write_bytes(b"\n".join(changed) + b"\n")
    assert_named(tmp_path / "c", 10)
    (tmp_path / "c" / "bodies.jsonl").write_bytes(b"\n".join(lines[:10] + lines[11:]) + b"\n")
    assert_named(tmp_path / "c", 10)
    capsys.readouterr()


def test_a_court_can_have_a_field_erased_and_the_proof_holds(tmp_path, capsys):
    entry = search("rivera", "garcia").json()["receipt"]["entry"]
    arguments = ("--field", "query", "--court-order", "2026 CH 0001")
    assert openclear("log", "erase", entry, *arguments, "--by", "novak") == 1
    assert openclear("log", "erase", entry, *arguments, "--by", "okafor") == 0
    assert (
        openclear("log", "export", tmp_path / "log", "--bodies", "--by", "okafor", "--reason", "check") == 0
    )
    body = json.loads((tmp_path / "log" / "bodies.jsonl").read_bytes().splitlines()[entry])
    assert set(body["fields"]["query"]) == {"hash"}
    assert verify(tmp_path / "log").returncode == 0
    assert (
        openclear("log", "erase", entry, "--field", "nonsense", "--court-order", "x", "--by", "okafor") == 1
    )
    assert "has no field nonsense" in capsys.readouterr().err


def test_an_export_never_overwrites(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert openclear("log", "export", tmp_path) == 1
    assert "not an empty folder" in capsys.readouterr().err


def test_headers_hold_nothing_personal(export):
    text = (export / "headers.jsonl").read_text().lower()
    for word in ("ives", "garcia", "rivera", "127.0.0.1", "z-202"):
        assert word not in text


@pytest.fixture
def with_bodies(small_city):
    return small_city / "with-bodies"


def changed_salt(line):
    body = json.loads(line)
    field = body["fields"]["time"]
    last = field["salt"][-2]
    field["salt"] = field["salt"][:-2] + chr(ord(last) + 1) + "="
    return encode(body)


BODY_CHANGES = {
    "duplicate key": lambda line: line.replace(b'"value":', b'"value":"FORGED","value":', 1),
    "extra member of a field": lambda line: line.replace(b'"salt":', b'"note":"x","salt":', 1),
    "extra member of the line": lambda line: line.replace(b'{"entry":', b'{"a":1,"entry":', 1),
    "space": lambda line: line.replace(b":", b": ", 1),
    "second spelling of a salt": changed_salt,
    "number for fields": lambda line: line[: line.index(b"{", 1)] + b"5}",
    "number for a field": lambda line: b'{"entry":10,"fields":{"time":5}}',
    "another number": lambda line: line.replace(b'"entry":10', b'"entry":-1', 1),
    "true for a number": lambda line: line.replace(b'"entry":10', b'"entry":true', 1),
    "deep": lambda line: b"[" * 100_000,
    "surrogate": lambda line: b'{"entry":10,"fields":{"\\ud800":{"hash":"' + b"0" * 64 + b'"}}}',
}


@pytest.mark.parametrize("change", BODY_CHANGES)
def test_a_body_has_one_spelling_and_nothing_unbound(with_bodies, tmp_path, change):
    folder = shutil.copytree(with_bodies, tmp_path / "log")
    lines = (folder / "bodies.jsonl").read_bytes().splitlines()
    assert verify(folder).returncode == 0
    lines[10] = BODY_CHANGES[change](lines[10])
    (folder / "bodies.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert_named(folder, 10)


def test_bodies_in_another_order_doubled_or_left_out_are_named(with_bodies, tmp_path):
    folder = shutil.copytree(with_bodies, tmp_path / "log")
    lines = (folder / "bodies.jsonl").read_bytes().splitlines()
    for wrong, entry in (
        ([*lines[:5], lines[6], lines[5], *lines[7:]], 5),
        ([*lines, lines[-1]], len(lines)),
        (lines[:-1], len(lines) - 1),
    ):
        (folder / "bodies.jsonl").write_bytes(b"\n".join(wrong) + b"\n")
        assert_named(folder, entry)
    (folder / "bodies.jsonl").unlink()
    assert "not checked" in verify(folder).stdout


def test_an_erasure_of_one_field_cannot_swallow_others():
    from openclear.audit.proof.commitments import commitment, stored_hash
    from openclear.audit.proof.merkle import root_of

    salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    fields = {name: {"salt": salt, "value": name} for name in ("case", "query", "shown", "time")}
    tail = root_of([stored_hash(name, fields[name]) for name in ("query", "shown", "time")])
    assert commitment({"case": fields["case"], "query": {"hash": tail.hex()}}) != commitment(fields)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 2000, b"{" * 5000, b'{"kind":[]}', b'{"v":1,"kind":{}}', b"\xff\xfe", b"1e999", b"null", b'"x"', b"{}",
        b'{"v":1,"kind":"erase","erase":{}}',
    ],
)  # fmt: skip
def test_no_bytes_make_the_verifier_stumble(export, line):
    write(export, [*headers(export)[:6], line, *headers(export)[7:]])
    done = verify_alone(export)
    assert done.returncode == 1
    assert "entry 6:" in done.stdout, done.stdout


@pytest.mark.parametrize("name", ["headers.jsonl", "leaves", "checkpoint", "log.vkey"])
def test_a_missing_or_scrambled_file_is_not_proved(export, name):
    original = (export / name).read_bytes()
    (export / name).write_bytes(b"\xff\x00\xfe")
    done = verify_alone(export)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    (export / name).unlink()
    assert verify(export).returncode == 1
    (export / name).write_bytes(original)
    assert verify(export).returncode == 0


def test_a_folder_that_is_none_is_wrong_usage(export, tmp_path):
    command = [sys.executable, "-I", "-S", str(export / "verify.py"), str(tmp_path / "nowhere")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_a_signature_has_one_spelling(export):
    text = (export / "checkpoint").read_bytes()
    (export / "checkpoint").write_bytes(text.replace(b"\n", b"\r\n"))
    assert verify(export).returncode == 1
    stripped = text.rstrip(b"=\n")
    for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        (export / "checkpoint").write_bytes(stripped[:-1] + bytes([letter]) + text[len(stripped) :])
        assert verify(export).returncode == (0 if stripped[-1] == letter else 1)


def test_an_entry_that_is_left_out_is_named_even_if_the_operator_signs_the_rest(export, small_city):
    key = read_key(small_city / "keys" / "log.key")
    _, leaves = forge(export, lambda lines: [*lines[:7], *lines[8:]])
    shutil.rmtree(export / "checkpoints")
    (export / "checkpoints").mkdir()
    (export / "checkpoint").write_text(key.sign(notes.Checkpoint(key.name, len(leaves), root_of(leaves))))
    assert_named(export, 7)
