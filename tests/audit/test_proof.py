"""The arithmetic of the log against other people's vectors and against other implementations."""

import base64
import json
import subprocess
import sys
import tarfile
import unicodedata

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openclear.audit.proof import canonical, merkle, notes
from openclear.audit.proof.commitments import commitment, field_hash
from openclear.audit.proof.ed25519 import ORDER, verify_signature

pytestmark = pytest.mark.anywhere

TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = st.text(st.characters(max_codepoint=126, min_codepoint=32))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


@given(VALUES)
def test_our_canonical_json_is_that_of_rfc_8785(value):
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b"1.0",
        b"9007199254740992",
        b'"e\\u0301"',
        b'{"\\u00e9":1}',
        b"[1,]",
    ],
)
def test_bytes_with_a_second_spelling_are_no_entry(data):
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(data)


def vectors(data, member, folder):
    with tarfile.open(data / "audit-vectors" / f"{member}.tar.gz") as archive:
        return {
            name.name: archive.extractfile(name).read()
            for name in archive
            if name.isfile() and folder in name.name
        }


def test_inclusion_vectors(data):
    cases = vectors(data, "merkle", "/inclusion/")
    assert len(cases) == 98
    for name, text in cases.items():
        case = json.loads(text)
        root, leaf = (base64.b64decode(case[key] or "") for key in ("root", "leafHash"))
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        failed = fails(merkle.check_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
        assert failed == case["wantErr"], name


def test_consistency_vectors(data):
    cases = vectors(data, "merkle", "/consistency/")
    assert len(cases) == 98
    for name, text in cases.items():
        case = json.loads(text)
        old, new = (base64.b64decode(case[key] or "") for key in ("root1", "root2"))
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        failed = fails(merkle.check_consistency, case["size1"], case["size2"], old, new, proof)
        assert failed == case["wantErr"], name


def fails(check, *arguments):
    try:
        check(*arguments)
    except merkle.ProofError:
        return True
    return False


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_proof_of_our_own_holds_and_no_other_leaf_has_it(entries, data):
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, len(leaves) - 1))
    old = data.draw(st.integers(1, len(leaves)))
    root = merkle.root_of(leaves)
    merkle.check_inclusion(leaves[index], index, len(leaves), merkle.inclusion_proof(leaves, index), root)
    merkle.check_consistency(
        old, len(leaves), merkle.root_of(leaves[:old]), root, merkle.consistency_proof(leaves, old)
    )
    with pytest.raises(merkle.ProofError):
        merkle.check_inclusion(
            merkle.leaf_hash(b"x" * 9), index, len(leaves), merkle.inclusion_proof(leaves, index), root
        )


def test_golden_log_of_another_implementation(data):
    files = vectors(data, "tessera-golden", "checkpoint")
    key = notes.parse_key(TESSERA_KEY)
    opened = [
        notes.open_checkpoint(text.decode(), key)
        for name, text in sorted(files.items())
        if "checkpoint." in name
    ]
    assert sorted(note.size for note in opened) == list(range(16))
    bundle = next(iter(vectors(data, "tessera-golden", "tile/entries").values()), b"")
    leaves = [
        merkle.leaf_hash(entry)
        for entry in entries_of(max(vectors(data, "tessera-golden", "tile/entries").values(), key=len))
    ]
    assert bundle
    for note in opened:
        assert merkle.root_of(leaves[: note.size]) == note.root


def entries_of(bundle):
    while bundle:
        size = int.from_bytes(bundle[:2], "big")
        yield bundle[2 : 2 + size]
        bundle = bundle[2 + size :]


def test_the_example_key_of_the_specification_parses():
    key = notes.parse_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert key.name == "example.com/foo"
    with pytest.raises(notes.NoteError):
        notes.parse_key("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")


@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_plain_python_signatures_agree_with_the_library(message, place, flip):
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify_signature(public, message, signature)
    damaged = bytearray(signature)
    damaged[place] ^= flip
    assert not verify_signature(public, message, bytes(damaged))
    assert not verify_signature(public, message + b"x", signature)


def test_a_signature_with_a_second_form_is_false():
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signature = private.sign(b"m")
    larger = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not verify_signature(private.public_key().public_bytes_raw(), b"m", signature[:32] + larger)


def test_a_note_holds_only_with_its_text_and_key():
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    note = notes.sign_note("text\n", "log", public, private.sign)
    key = notes.parse_key(notes.key_text("log", public))
    assert notes.open_note(note, key) == "text\n"
    with pytest.raises(notes.NoteError):
        notes.open_note(note.replace("text", "test"), key)


def test_one_field_can_be_shown_or_erased_and_the_rest_still_proves():
    salts = {name: bytes([place]) * 32 for place, name in enumerate(["case", "officer"])}
    fields = {
        name: {"salt": base64.b64encode(salt).decode(), "value": name.upper()} for name, salt in salts.items()
    }
    bound = commitment(fields)
    erased = fields | {"officer": {"hash": field_hash("officer", salts["officer"], "OFFICER").hex()}}
    assert commitment(erased) == bound
    assert commitment(fields | {"officer": {**fields["officer"], "value": "IVES"}}) != bound


def test_the_exported_verifier_needs_nothing_but_python(tmp_path):
    from openclear.audit.commands import verifier_source

    (tmp_path / "verify.py").write_text(verifier_source())
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "verify.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--agency" in done.stdout
    assert "openclear." not in "".join(
        line for line in verifier_source().splitlines() if line.startswith(("import", "from"))
    )


def test_the_joined_modules_do_not_shadow_each_other():
    import ast
    from importlib import resources

    from openclear.audit.commands import PARTS

    seen = {}
    for part in PARTS:
        tree = ast.parse(resources.files("openclear.audit.proof").joinpath(f"{part}.py").read_text())
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names = (
                [node.name]
                if hasattr(node, "name")
                else [name.id for name in targets if isinstance(name, ast.Name)]
            )
            for name in names:
                assert name not in seen, f"{name} stands in {seen[name]} and {part}"
                seen[name] = part
