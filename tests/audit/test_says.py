"""The verifier says no more than it knows, and every byte of an export counts."""

import json
import random
import shutil
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openclear.audit import log
from openclear.audit.keys import read_key
from openclear.audit.models import Body
from openclear.audit.proof import notes
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.folder import FILES, verify_directory
from openclear.audit.proof.merkle import root_of
from openclear.audit.queries import verify as verify_stored
from openclear.audit.rows import NewEntry
from openclear.cli.main import main
from tests.audit.outsider import verify, verify_alone
from tests.audit.test_export import openclear

OLD = Path(__file__).parent / "export_of_b58d8b8.tar.gz"


@pytest.fixture
def export(small_city, tmp_path):
    return shutil.copytree(small_city / "with-bodies", tmp_path / "log")


@pytest.fixture(scope="module")
def small(small_city, tmp_path_factory):
    """A copy for those who leave it as it was."""
    return shutil.copytree(small_city / "with-bodies", tmp_path_factory.mktemp("says") / "log")


@pytest.fixture
def kept(export, tmp_path):
    """A checkpoint that an outsider kept from an earlier day."""
    earlier = sorted((export / "checkpoints").iterdir())[-2]
    return Path(shutil.copy(earlier, tmp_path / "kept"))


def first_line(done):
    return done.stdout.split("\n")[0]


@pytest.mark.anywhere
def test_without_anything_from_outside_it_says_consistent_with_itself(export):
    done = verify_alone(export)
    key = (export / "log.vkey").read_text().strip()
    assert (done.returncode, first_line(done)) == (0, f"consistent with itself and signed by {key}")
    assert "the export's own log.vkey" in done.stdout
    assert "not proved     that the holder of the key did not rewrite the log" in done.stdout
    assert verify(export, "--require-outside").returncode == 1
    assert "no outside checkpoint was given" in verify(export, "--require-outside").stdout
    assert json.loads(verify(export, "--require-outside", "--json").stdout)["ok"] is False


@pytest.mark.anywhere
def test_with_a_checkpoint_that_an_outsider_kept(export, kept):
    done = verify(export, "--require-outside", "--checkpoint", str(kept))
    assert done.returncode == 0, done.stdout
    newest = str(shutil.copy(export / "checkpoint", kept.parent / "newest"))
    both = verify(export, "--checkpoint", str(kept), newest)
    assert first_line(both).startswith("consistent with 2 outside checkpoints and signed by ")
    size = size_of(Path(newest).read_text())
    assert (
        f"outside        entries 0 to {size - 1} are those of outside checkpoint {newest} ({size})\n"
        in both.stdout
    )
    assert "rewrite the log" not in both.stdout


@pytest.mark.anywhere
def test_an_old_outside_checkpoint_vouches_for_no_more_than_it_signs(export, kept):
    done = verify(export, "--require-outside", "--checkpoint", str(kept))
    key, size = (export / "log.vkey").read_text().strip(), size_of(kept.read_text())
    whole = size_of((export / "checkpoint").read_text())
    assert done.returncode == 0
    assert (
        first_line(done)
        == f"consistent with 1 outside checkpoints up to entry {size - 1}, and signed by {key}"
    )
    assert (
        f"outside        entries 0 to {size - 1} are those of outside checkpoint {kept} ({size}); "
        f"{whole - size} entries after it are vouched for only by {key}\n"
    ) in done.stdout
    assert f"did not rewrite the log from entry {size} on" in done.stdout
    assert json.loads(verify(export, "--json", "--checkpoint", str(kept)).stdout)["outside_size"] == size
    assert json.loads(verify(export, "--json").stdout)["outside_size"] == 0


@pytest.mark.anywhere
def test_the_same_checkpoint_given_twice_counts_once(export, kept):
    again = shutil.copy(kept, kept.parent / "again")
    done = verify(export, "--json", "--checkpoint", str(kept), str(again), str(kept))
    assert json.loads(done.stdout)["outside_checkpoints"] == 1


@pytest.mark.anywhere
def test_signatures_of_others_are_named_and_not_checked(export):
    path = export / "checkpoint"
    path.write_text(path.read_text() + "\u2014 witness.example AAAA\n")
    done = verify(export)
    assert done.returncode == 0
    assert "also signed    by witness.example, not checked\n" in done.stdout
    assert json.loads(verify(export, "--json").stdout)["also_signed"] == ["witness.example"]


@pytest.mark.anywhere
def test_a_folder_among_the_checkpoints_is_a_fault_with_its_name(export):
    (export / "checkpoints" / "000000000099").mkdir()
    done = verify(export)
    assert done.returncode == 1
    assert "FAULT          the log: checkpoints/000000000099 is not a file" in done.stdout
    assert "whole export" not in done.stderr


@pytest.mark.anywhere
def test_a_checkpoint_of_the_export_itself_or_a_file_that_is_none_is_wrong_usage(export, tmp_path):
    assert verify(export, "--checkpoint", str(export / "checkpoint")).returncode == 2
    assert verify(export, "--checkpoint", str(tmp_path / "nothing")).returncode == 2


@pytest.mark.anywhere
def test_the_key_that_was_given_is_named_and_another_one_is_a_fault(small):
    key = (small / "log.vkey").read_text().strip()
    assert "given with --key" in verify(small, "--key", key).stdout
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    done = verify(small, "--key", notes.key_text(key.split("+")[0], other))
    assert done.returncode == 1
    assert "log.vkey is another key than the one used" in done.stdout


@pytest.fixture
def key(small_city):
    return read_key(small_city / "keys" / "log.key")


def signed_anew(folder, key, lines):
    """The operator, who has the key, writes the log anew: fewer entries, all signed again."""
    from openclear.audit.proof.listing import Listing
    from openclear.audit.proof.merkle import leaf_hash

    leaves = [leaf_hash(line) for line in lines]
    (folder / "headers.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "leaves").write_bytes(b"".join(leaves))
    shutil.rmtree(folder / "checkpoints")
    (folder / "checkpoints").mkdir()
    checkpoint = notes.Checkpoint(key.name, len(leaves), root_of(leaves))
    (folder / "checkpoint").write_text(key.sign(checkpoint))
    (folder / "checkpoints.note").write_text(key.sign_text(Listing([checkpoint]).text(key.name)))
    (folder / "bodies.jsonl").unlink()


@pytest.mark.anywhere
def test_a_log_that_the_operator_wrote_anew_is_found_out_by_an_outside_checkpoint_alone(export, kept, key):
    lines = (export / "headers.jsonl").read_bytes().splitlines()
    last = json.loads(lines[-1])
    signed_anew(export, key, [*lines[: last["i"] - 9], *[_changed(line) for line in lines[last["i"] - 9 :]]])
    assert verify(export).returncode == 0  # that is why an outsider keeps one
    done = verify(export, "--checkpoint", str(kept))
    assert done.returncode == 1
    assert f"outside checkpoint {kept} signs other" in done.stdout or "signs others" in done.stdout


def _changed(line):
    from openclear.audit.proof.canonical import encode

    header = json.loads(line)
    return encode(header | {"epoch": header["epoch"] + 1})


@pytest.mark.anywhere
def test_a_log_cut_short_is_found_out_by_an_outside_checkpoint(export, key):
    newest = Path(shutil.copy(export / "checkpoint", export.parent / "newest"))
    lines = (export / "headers.jsonl").read_bytes().splitlines()
    signed_anew(export, key, lines[:-3])
    assert verify(export).returncode == 0
    done = verify(export, "--checkpoint", str(newest))
    assert done.returncode == 1
    assert f"entry {len(lines) - 3}: removed, or this log is older" in done.stdout


@pytest.mark.anywhere
def test_a_checkpoint_that_was_taken_out_is_missed(export):
    max((export / "checkpoints").iterdir()).unlink()
    done = verify(export)
    assert done.returncode == 1
    assert "list of checkpoints: it names" in done.stdout
    assert "missing or removed" in done.stdout


@pytest.mark.anywhere
def test_the_list_of_checkpoints_cannot_be_left_out_nor_be_another(export):
    note = export / "checkpoints.note"
    original = note.read_bytes()
    note.unlink()
    assert "list of checkpoints" in verify(export).stdout
    note.write_bytes((export / "checkpoint").read_bytes())
    assert verify(export).returncode == 1
    note.write_bytes(original)
    # Nor does the list pass for a checkpoint.
    (export / "checkpoints" / "000000000001").write_bytes(original)
    assert verify(export).returncode == 1


@pytest.mark.anywhere
def test_a_checkpoint_under_another_name_is_a_fault(export):
    first = min((export / "checkpoints").iterdir())
    first.rename(first.with_name("000000000001"))
    assert verify(export).returncode == 1


@pytest.mark.anywhere
def test_a_file_that_no_export_holds_is_said(export):
    (export / "notes.txt").write_text("mine")
    done = verify(export)
    assert done.returncode == 0
    assert "not checked    notes.txt" in done.stdout


def covered(folder):
    named = {"verify.py", "README.txt"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in named)


@pytest.mark.anywhere
@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 255))
def test_a_flipped_byte_of_any_file_is_a_fault(small, seed, mask):
    choose = random.Random(seed)
    for path in covered(small):
        before = path.read_bytes()
        place = choose.choice([choose.randrange(len(before)), len(before) - 1])
        after = before[:place] + bytes([before[place] ^ mask]) + before[place + 1 :]
        try:
            path.write_bytes(after)
            result = verify_directory(small)
            assert not result.ok, (path, place, mask)
        finally:
            path.write_bytes(before)


@pytest.mark.anywhere
def test_every_file_of_an_export_is_among_those_that_are_flipped(small):
    names = {path.name for path in covered(small)}
    assert {"headers.jsonl", "leaves", "checkpoint", "checkpoints.note", "log.vkey", "bodies.jsonl"} <= names
    assert {path.name for path in small.iterdir()} <= set(FILES)
    assert verify_directory(small).ok


def test_an_export_that_an_older_version_made_still_verifies(tmp_path):
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path)
    done = verify_directory(tmp_path / "log")
    assert done.ok, done.faults
    assert done.bodies_checked
    moved = {"entry": 110, "change": "moved", "from": "us.dhs.ice", "to": "us.doj.ice"}
    assert done.agency("us.dhs.ice")["moves"] == [moved]
    assert done.agency("us.doj.ice")["orders"] == ["2026-001"]
    (tmp_path / "log" / "checkpoints" / "000000000107").unlink()
    assert verify_directory(tmp_path / "log").ok  # it has no list of them: nobody can know


# --- the stored log ---------------------------------------------------------------------------------------------------


def test_log_verify_says_the_same_with_the_same_exit_codes(tmp_path, capsys):
    kept = tmp_path / "kept"
    kept.write_text(log.checkpoint())
    log.append(NewEntry("answer", "allow", agencies=["il.isp"], action="desk.open", dataset="desk"))
    assert openclear("log", "verify") == 0
    text = capsys.readouterr().out
    assert text.startswith(f"consistent with itself and signed by {log.key_line()}\n")
    assert "key from       the log's writer" in text
    assert openclear("log", "verify", "--require-outside") == 1
    assert openclear("log", "verify", "--require-outside", "--checkpoint", kept) == 0
    capsys.readouterr()
    assert main(["log", "verify", "--json", "--checkpoint", str(kept)], lambda: None) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"ok", "size", "root", "agencies", "faults"} <= told.keys()
    assert told["outside_checkpoints"] == 1
    kept.write_text(kept.read_text().replace("\n", "\n1", 1))
    assert openclear("log", "verify", "--checkpoint", kept) == 1


@pytest.mark.parametrize("column", ["officer", "case"])
def test_a_column_that_oversight_reads_is_made_of_the_body_or_a_fault(column):
    body = {"officer": "frost", "case": "CZ-2026-000001"}
    entry = log.append(NewEntry("refusal", "deny", agencies=["us.doj.fbi"], **body)).entry
    row = Body.objects.using("audit").filter(entry=entry)
    assert row.values_list(column, flat=True)[0] == body[column]
    for wrong in ("somebody", ""):
        row.update(**{column: wrong})
        try:
            faults = verify_stored().faults
            assert {"entry": entry, "problem": f"its column {column} is not what its body says"} in faults
        finally:
            row.update(**{column: body[column]})
    assert verify_stored().ok


def test_every_column_of_a_body_is_bound_or_compared():
    from openclear.audit.columns import COLUMNS

    assert {field.name for field in Body._meta.concrete_fields} == {"entry", "fields", *COLUMNS}


def test_what_is_erased_is_erased_from_the_columns_too(capsys):
    body = {"officer": "frost", "case": "CZ-2026-000001"}
    entry = log.append(NewEntry("refusal", "deny", agencies=["us.doj.fbi"], **body)).entry
    arguments = ("--field", "case", "--court-order", "2026 CH 0002", "--by", "okafor")
    assert openclear("log", "erase", entry, *arguments) == 0
    assert Body.objects.using("audit").get(entry=entry).case == ""
    assert Body.objects.using("audit").get(entry=entry).officer == "frost"
    assert verify_stored().ok
    capsys.readouterr()
