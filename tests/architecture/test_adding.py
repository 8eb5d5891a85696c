"""What adding costs: a new kind of record in a scratch copy of the source, by the page that says how. Run, and its lines counted."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.test_house import PACKAGE, ROOT

pytestmark = pytest.mark.anywhere

# What the page says stands elsewhere: the file, the line before it, the line.
ELSEWHERE = (
    ("vocabulary/actions.py", '    PROPERTY = "property", True\n', '    PERMITS = "permits", True\n'),
    (
        "vocabulary/actions.py",
        '    PROPERTY_VIEW = "property.view", Dataset.PROPERTY\n',
        '    PERMIT_SEARCH = "permit.search", Dataset.PERMITS\n    PERMIT_VIEW = "permit.view", Dataset.PERMITS\n',
    ),
    (
        "records/kinds.py",
        "from openclear.records.property.kind import PROPERTY\n",
        "from openclear.records.permits.kind import PERMITS\n",
    ),
    ("records/kinds.py", "    PROPERTY,\n", "    PERMITS,\n"),
)
RENAMED = (
    # A rule's source stands in the city's profile; this one's is there already.
    ("$property", "$validation"), ("PropertyItem", "Permit"), ("Property", "Permit"), ("PROPERTY_", "PERMIT_"), ("PROPERTY", "PERMITS"), ("property.", "permit."),
    ('noun="property"', 'noun="permit"'), ("{% url 'property'", "{% url 'permit'"), ("property", "permits"),
    ("records.permit.", "records.permits."), ('related_name="permits"', 'related_name="permits_of"'),
)  # fmt: skip
# Not counted: the kind's own folder, templates and policy, and its generated migration.
OWN = re.compile(r"records/permits/|templates/web/kinds/permits/|policy/permits\.cedar|records/migrations/")
MIGRATION = """
from openclear.config.program import prepare
prepare()
from django.core.management import call_command
call_command("makemigrations", "records", verbosity=0)
"""
STORY = """
import json
from openclear.config.program import prepare
prepare()
from django.test import Client
from openclear.records.permits.models import Permit
from openclear.vocabulary.labels import Label
for number, labels in (("77000001", 0), ("77000002", Label.SEALED.value)):
    Permit.objects.create(source="story", source_id=number, inventory_number=number, description="a lamp", kind="other", labels=labels)
from openclear.access.accounts.tokens import create_own_token
from openclear.access import gate
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
grant = gate.open_for("rivera", Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT)
token = create_own_token(grant, name="story")
reason = {"purpose": "criminal-investigation"}
asked = Client().get("/api/v1/permits", {"q": "7700", **reason}, headers={"authorization": f"Bearer {token}"})
officer = Client()
officer.post("/sign-in", {"officer": "rivera"})
searched = officer.get("/search", {"q": "77000001", **reason})
opened = officer.get(f"/permits/{asked.json()['results'][0]['id']}", reason)
described = Client().get("/api/v1/openapi.json").json()
exported = officer.post("/saved/exports", {"q": "7700", "kind": "permits", "format": "csv", **reason})
print(json.dumps({
    "api": [row["inventory_number"] for row in asked.json()["results"]],
    "page": [searched.status_code, "77000001" in searched.content.decode()],
    "record": [opened.status_code, "a lamp" in opened.content.decode()],
    "described": sorted(path for path in described["paths"] if "permits" in path),
    "export": exported.status_code,
}))
"""


@pytest.fixture
def copy(tmp_path):
    """A scratch copy of the source, under git, before anything is added to it."""
    source = tmp_path / "src" / "openclear"
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__", "static"))
    # What running it compiles is no line of anybody's.
    (tmp_path / ".gitignore").write_text("__pycache__/\n*.mo\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "before")
    return source


def git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def renamed(text):
    for old, new in RENAMED:
        text = text.replace(old, new)
    return text


def add_permits(source):
    """Copy the folder to copy, its templates and its policy under another name, and write the lines elsewhere."""
    for old, new in (
        ("records/property", "records/permits"),
        ("web/templates/web/kinds/property", "web/templates/web/kinds/permits"),
    ):
        shutil.copytree(source / old, source / new)
        for path in (source / new).iterdir():
            path.write_text(renamed(path.read_text()))
    policy = source / "access" / "policy"
    (policy / "permits.cedar").write_text(renamed((policy / "property.cedar").read_text()))
    for name, before, line in ELSEWHERE:
        text = (source / name).read_text()
        assert before in text, (name, before)
        (source / name).write_text(text.replace(before, before + line, 1))


def test_a_kind_of_record_costs_its_folder_and_five_lines(copy, tmp_path):
    add_permits(copy)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    environment = clean | {
        "PYTHONPATH": str(copy.parent), "OPENCLEAR_HOME": str(tmp_path / "var"), "OPENCLEAR_ALLOWED_HOSTS": "testserver",
    }  # fmt: skip

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments[0], done.stdout[-500:], done.stderr[-2000:])
        return done

    run("-c", MIGRATION)
    run("-m", "openclear.config.program", "demo", "--no-serve", "--people", "60", "--incidents", "60")
    done = run("-c", STORY)
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {
        "api": ["77000001"],
        "page": [200, True],
        "record": [200, True],
        "described": ["/api/v1/permits", "/api/v1/permits/{record}"],
        "export": 303,
    }
    git(tmp_path, "add", "-A", "src")
    counted = git(tmp_path, "diff", "--cached", "--numstat").splitlines()
    changed = {name: int(added) + int(gone) for added, gone, name in (line.split("\t") for line in counted)}
    elsewhere = {name: lines for name, lines in changed.items() if not OWN.search(name)}
    assert sum(elsewhere.values()) == 5, elsewhere
    assert (ROOT / "docs" / "adding.md").is_file()
