"""What adding costs: a kind of record, a question and a report in scratch copies of the source, by the page that says how.

Each is run, and its lines counted.
"""

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
    write_elsewhere(source, ELSEWHERE)


def runner(copy, tmp_path):
    """Return what runs Python with the copy of the source, in a city of its own."""
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

    return run


def told(done):
    return json.loads(done.stdout.strip().splitlines()[-1])


def lines_elsewhere(tmp_path, own):
    """Return how many lines git counts in each file that is not the new thing's own."""
    git(tmp_path, "add", "-A", "src")
    counted = git(tmp_path, "diff", "--cached", "--numstat").splitlines()
    changed = {name: int(added) + int(gone) for added, gone, name in (line.split("\t") for line in counted)}
    return {name: lines for name, lines in changed.items() if not own.search(name)}


def write_elsewhere(source, elsewhere):
    for name, before, line in elsewhere:
        text = (source / name).read_text()
        assert before in text, (name, before)
        (source / name).write_text(text.replace(before, before + line, 1))


def test_a_kind_of_record_costs_its_folder_and_five_lines(copy, tmp_path):
    add_permits(copy)
    run = runner(copy, tmp_path)
    run("-c", MIGRATION)
    run("-m", "openclear.config.program", "demo", "--no-serve", "--people", "60", "--incidents", "60")
    assert told(run("-c", STORY)) == {
        "api": ["77000001"],
        "page": [200, True],
        "record": [200, True],
        "described": ["/api/v1/permits", "/api/v1/permits/{record}"],
        "export": 303,
    }
    elsewhere = lines_elsewhere(tmp_path, OWN)
    assert sum(elsewhere.values()) == 5, elsewhere
    assert (ROOT / "docs" / "adding.md").is_file()


# A question: a declaration and a template of its own, and what the page says stands elsewhere.
QUESTION_ELSEWHERE = (
    ("endpoints.py", "from openclear.records.cases.endpoints import CASE_LIST\n", "from openclear.records.cases.warrants import WARRANT_LIST\n"),
    ("endpoints.py", "    CASE_LIST,\n", "    WARRANT_LIST,\n"),
    (
        "cli/cases/__init__.py",
        '    """Add the verb that lists cases."""\n',
        '    question(verbs, "warrants", Role.OFFICER, "List open warrants.", "q", "limit")\n',
    ),
)  # fmt: skip
QUESTION_RENAMED = (
    ("CASE_LIST", "WARRANT_LIST"), ("CaseListParams", "WarrantListParams"), ("Action.WARRANT_LIST", "Action.CASE_LIST"),
    ('name="cases"', 'name="warrants"'), ('Door.PAGE: "cases"', 'Door.PAGE: "warrants"'), ('Door.API: "cases"', 'Door.API: "warrants"'),
    ('Door.COMMAND: "cases"', 'Door.COMMAND: "warrants"'),
)  # fmt: skip
QUESTION_TEMPLATE = """{% extends "web/page.html" %}
{% block answer %}{% for row in rows %}{{ row.number }} {% endfor %}{% endblock %}
"""
QUESTION_OWN = re.compile(r"records/cases/warrants\.py|templates/web/warrants\.html")
QUESTION_STORY = """
import json
from openclear.config.program import prepare
prepare()
from django.test import Client
from openclear.access import gate
from openclear.access.accounts.tokens import create_own_token
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
token = create_own_token(gate.open_for("rivera", Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT), name="story")
asked = Client().get("/api/v1/warrants", {"limit": 1}, headers={"authorization": f"Bearer {token}"})
number = asked.json()["results"][0]["number"]
officer = Client()
officer.post("/sign-in", {"officer": "rivera"})
page = officer.get("/warrants", {"q": number})
described = Client().get("/api/v1/openapi.json").json()
print(json.dumps({
    "number": number, "page": [page.status_code, number in page.content.decode()], "described": "/api/v1/warrants" in described["paths"],
}))
"""


def test_a_question_costs_its_declaration_its_template_and_three_lines(copy, tmp_path):
    declared = (copy / "records" / "cases" / "endpoints.py").read_text()
    for old, new in QUESTION_RENAMED:
        assert old in declared, old
        declared = declared.replace(old, new)
    (copy / "records" / "cases" / "warrants.py").write_text(declared)
    (copy / "web" / "templates" / "web" / "warrants.html").write_text(QUESTION_TEMPLATE)
    write_elsewhere(copy, QUESTION_ELSEWHERE)
    run = runner(copy, tmp_path)
    run("-m", "openclear.config.program", "demo", "--no-serve", "--people", "60", "--incidents", "60")
    story = told(run("-c", QUESTION_STORY))
    assert (story["page"], story["described"]) == ([200, True], True)
    command = ["-m", "openclear.config.program", "warrants", "--q", story["number"], "--json"]
    assert [row["number"] for row in told(run(*command))] == [story["number"]]
    elsewhere = lines_elsewhere(tmp_path, QUESTION_OWN)
    assert sum(elsewhere.values()) == 3, elsewhere


REPORT_ELSEWHERE = (
    (
        "reporting/reports.py",
        "from openclear.reporting.district_book.declaration import DISTRICT_BOOK\n",
        "from openclear.reporting.ledger.declaration import LEDGER\n",
    ),
    ("reporting/reports.py", "    DISTRICT_BOOK,\n", "    LEDGER,\n"),
)
REPORT_RENAMED = (
    ("reporting.district_book", "reporting.ledger"), ("DISTRICT_BOOK", "LEDGER"), ('kind="book"', 'kind="ledger"'),
    ('plural="books"', 'plural="ledgers"'),
)  # fmt: skip
REPORT_STORY = """
import json
from collections import Counter
from openclear.config.program import prepare
prepare()
from django.test import Client
from openclear.access import gate
from openclear.access.accounts.tokens import create_own_token
from openclear.records.incidents.models import Incident
from openclear.delivery import jobs
from openclear.delivery.models import Export
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
known = Incident.objects.filter(labels=0).exclude(district="")
counts = Counter((row.district, f"{row.occurred:%Y-%m}") for row in known)
district, month = max((one for one in counts if one[1] < f"{clock.today():%Y-%m}"), key=counts.__getitem__)
asked = {"district": district, "month": month}
token = create_own_token(gate.open_for("chen", Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT), name="story")
made = Client().get("/api/v1/reports/ledgers", asked, headers={"authorization": f"Bearer {token}"})
officer = Client()
officer.post("/sign-in", {"officer": "chen"})
form = "/figures/ledgers" in officer.get("/figures").content.decode()
posted = officer.post("/figures/ledgers", asked)
row = Export.objects.get(kind="ledger")
jobs.make_export(row.id)
fetched = officer.get(f"/saved/exports/{row.id}/file")
print(json.dumps({
    "api": [made.status_code, made.content[:4].decode()], "form": form, "posted": posted.status_code,
    "file": fetched.content[:4].decode(), "asked": [f"{name}={value}" for name, value in asked.items()],
}))
"""


def test_a_report_costs_its_folder_and_two_lines(copy, tmp_path):
    folder = copy / "reporting" / "ledger"
    shutil.copytree(copy / "reporting" / "district_book", folder)
    for path in folder.glob("*.py"):
        text = path.read_text()
        for old, new in REPORT_RENAMED:
            text = text.replace(old, new)
        path.write_text(text)
    write_elsewhere(copy, REPORT_ELSEWHERE)
    run = runner(copy, tmp_path)
    run("-m", "openclear.config.program", "demo", "--no-serve", "--people", "60", "--incidents", "60")
    story = told(run("-c", REPORT_STORY))
    asked = story.pop("asked")
    assert story == {"api": [200, "%PDF"], "form": True, "posted": 303, "file": "%PDF"}
    command = ["-m", "openclear.config.program", "report", "ledger", *asked, "--to", "ledger.pdf", "--json"]
    assert told(run(*command))["bytes"] == (tmp_path / "ledger.pdf").stat().st_size
    elsewhere = lines_elsewhere(tmp_path, re.compile(r"reporting/ledger/"))
    assert sum(elsewhere.values()) == 2, elsewhere


SOURCE_RENAMED = (
    ('source = "chicago-portal"', 'source = "county-log"'), ('occurred = "date"', 'occurred = "happened"'),
    ('source_id = "id"', 'source_id = "number"'), ('revision = "updated_on"\n', ""), ('iucr = "iucr"\n', ""),
    ('domestic = "domestic"\n', ""),
)  # fmt: skip
SOURCE_OWN = re.compile(r"cities/chicago/imports/county-log\.toml")


def test_an_import_source_costs_its_mapping_and_no_line(copy, tmp_path):
    imports = copy / "cities" / "chicago" / "imports"
    text = (imports / "chicago-crimes.toml").read_text()
    for old, new in SOURCE_RENAMED:
        assert old in text
        text = text.replace(old, new)
    (imports / "county-log.toml").write_text(text)
    rows = [f"{number},2026-05-0{number}T10:00:00,001XX N STATE ST,THEFT,OVER $500" for number in (1, 2)]
    file = tmp_path / "may.csv"
    file.write_text(
        "\n".join(["Number,Happened,Block,Primary Type,Description", *rows, "3,May,001XX N STATE ST,THEFT,"])
    )
    run = runner(copy, tmp_path)
    run("-m", "openclear.config.program", "demo", "--no-serve", "--people", "60", "--incidents", "60")
    said = run("-m", "openclear.config.program", "import", "county-log", str(file), "--json").stdout
    told = json.loads(said.splitlines()[-1])
    assert (told["read"], told["inserted"], told["rejected"]) == (3, 2, 1)
    assert lines_elsewhere(tmp_path, SOURCE_OWN) == {}
