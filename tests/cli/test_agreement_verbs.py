"""Agreements on the command line: signed from a file, at once or as a proposal; renewed, ended, shown, compared with a document."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from openclear.access.models import Agreement
from openclear.access.registry.agreement_queries import agreement as detail
from openclear.access.registry.commands import NewAgency
from openclear.cli.main import main
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import Clause
from tests.cast import ADMINISTRATION, grant, registered

PLACE = "us.typed"
BOTH = ["--by", "novak", "--approved-by", "adler"]
UNTIL = clock.today() + timedelta(days=60)


@pytest.fixture
def file(tmp_path):
    registered([NewAgency(PLACE, "Typed", "federal")])
    clauses = "\n".join(f'{clause} = "section {place}"' for place, clause in enumerate(Clause, start=1))
    path = tmp_path / "agreement.toml"
    path.write_text(f"""
number = "AGR-TYPED-{Agreement.objects.count()}"
agency = "{PLACE}"
parties = ["Department", "Typed"]
starts_on = {clock.today()}
ends_on = {UNTIL}
data_sets = ["vehicles"]
purposes = ["stolen-property"]

[clauses]
{clauses}
""")
    return path


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(b"signed")
    return path


def run(capsys, *words):
    capsys.readouterr()
    code = main([*map(str, words)], lambda: None)
    out, err = capsys.readouterr()
    return code, out, err


def listed(number):
    found = detail(grant("novak", Action.REGISTRY_LIST, ADMINISTRATION), number=number)
    return found.listed if found else None


def test_an_agreement_is_signed_renewed_shown_compared_and_ended(file, paper, capsys, tmp_path):
    number = file.read_text().split('"')[1]
    assert run(capsys, "agreement", "sign", file, "--document", paper, *BOTH)[0] == 0
    assert listed(number).status == "in-force"
    code, out, _ = run(capsys, "agreements")
    assert (code, f"{number} " in out) == (0, True)
    assert "ENDS IN 60 DAYS: renew it" in next(line for line in out.splitlines() if line.startswith(number))
    rows = json.loads(run(capsys, "agreements", "--json")[1])
    assert next(row for row in rows if row["number"] == number)["warned_within"] == 90
    code, out, _ = run(capsys, "agreement", "show", number, "--by", "novak")
    assert sha256(b"signed").hexdigest() in out
    assert "use-of-the-system: section 10" in out
    assert run(capsys, "agreement", "check", number, "--document", paper, "--by", "novak")[0] == 0
    other = tmp_path / "other.pdf"
    other.write_bytes(b"other")
    code, out, _ = run(capsys, "agreement", "check", number, "--document", other, "--by", "novak")
    assert (code, "is not a document of agreement" in out) == (1, True)
    later = UNTIL + timedelta(days=365)
    renewing = ["agreement", "renew", number, "--ends", later, "--document", other]
    code, out, _ = run(capsys, *renewing, "--by", "novak")
    assert code == 0
    proposal = out.split()[1]
    assert listed(number).ends_on == UNTIL
    assert run(capsys, "agreement", "approve", proposal, "--by", "novak")[0] == 1
    assert run(capsys, "agreement", "approve", proposal, "--by", "adler")[0] == 0
    assert listed(number).ends_on == later
    assert run(capsys, "agreement", "end", number, "--by", "novak")[0] == 2
    assert run(capsys, "agreement", "end", number, "--reason", "breach", "--by", "novak")[0] == 0
    assert listed(number).status == "ended"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("not toml at all", "is not a TOML file"),
        ("weather = 1", "has a line 'weather' that no agreement has"),
        ("number = 'A-1'", "at least two parties"),
    ],
)
def test_a_file_that_is_wrong_is_one_sentence(text, sentence, tmp_path, capsys):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    code, _, err = run(capsys, "agreement", "sign", path, *BOTH)
    assert (code, sentence in err) == (2, True), err


def test_one_person_alone_signs_nothing(file, paper, capsys):
    number = file.read_text().split('"')[1]
    signing = ["agreement", "sign", file, "--document", paper, "--by", "novak"]
    assert run(capsys, *signing, "--approved-by", "novak")[0] == 1
    code, out, _ = run(capsys, *signing)
    assert (code, "waits for a second person" in out) == (0, True)
    assert listed(number) is None
    missing = [*signing[:2], "no-such-file.toml", *signing[3:]]
    code, _, err = run(capsys, *missing)
    assert (code, "no-such-file.toml" in err) == (1, True)
