"""The laws of the house, looked at by machine."""

import ast
import re
import statistics
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from openclear.access.gate.decide import policies
from openclear.cli.main import parser
from openclear.config.configuration import Configuration
from openclear.config.databases import DATABASE_OF_APP

pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "openclear"
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
ROOMS = [path for path in sorted(PACKAGE.iterdir()) if path.is_dir() and path.name != "__pycache__"]
TREES = {path: ast.parse(path.read_text()) for path in MODULES}


# What the standard library gained after 3.11.0: names, and arguments with the calls that take them.
NEWER_NAMES = {
    "itertools": {"batched"}, "math": {"fma", "sumprod"}, "os": {"process_cpu_count"}, "tarfile": {"data_filter", "tar_filter"},
    "typing": {"NoDefault", "ReadOnly", "TypeAliasType", "TypeIs", "override"}, "Path": {"from_uri"}, "warnings": {"deprecated"},
}  # fmt: skip
NEWER_ARGUMENTS = {
    "case_sensitive": {"glob", "rglob", "match"}, "delete_on_close": {"NamedTemporaryFile"}, "onexc": {"rmtree"},
    "filter": {"extract", "extractall", "unpack_archive"}, "strict": {"getaddresses", "parseaddr"}, "walk_up": {"relative_to"},
}  # fmt: skip


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def lines_of(node):
    body = node.body
    first = (
        body[1]
        if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        else body[0]
    )
    return node.end_lineno - first.lineno + 1


def test_modules_and_functions_are_small():
    long_modules = [path.name for path in MODULES if len(path.read_text().splitlines()) > 250]
    assert not long_modules
    sizes = [
        (lines_of(node), path.name, node.name) for path, tree in TREES.items() for node in functions(tree)
    ]
    assert not [item for item in sizes if item[0] > 40]
    lines = [size for size, *_ in sizes]
    assert statistics.median(lines) < 10
    assert statistics.quantiles(lines, n=10)[-1] <= 16


# What Django, or Python itself, wants as a list; and settings are Django's form.
WANTED_AS_LISTS = {"__all__", "urlpatterns"}
MUTABLE = {
    "list": {"List", "ListComp"}, "dict": {"Dict", "DictComp"}, "set": {"Set", "SetComp"}, "deque": set(), "WeakSet": set(),
}  # fmt: skip


def kept_in_modules(*kinds):
    """Return each name that a module binds, at its own level, to a new list, dictionary, set or queue: (path, line, name).

    Counted are literals, comprehensions and calls of the type itself; what some other function made is not looked into.
    """
    found = []
    for path, tree in TREES.items():
        for node in tree.body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            called = getattr(node.value, "func", None)
            name = getattr(called, "attr", getattr(called, "id", ""))
            kind = type(node.value).__name__
            if any(name == wanted or kind in MUTABLE[wanted] for wanted in kinds):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                found.append((path, node.lineno, ast.unparse(target)))
    return found


def test_no_module_keeps_a_list():
    """What a module lists is a tuple."""
    assert not [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path, _, name in kept_in_modules("list")
        if name not in WANTED_AS_LISTS and path.parent.name != "settings"
    ]


def test_whatever_a_module_keeps_from_call_to_call_says_why():
    """A name in capitals is a table that nobody changes; any other dictionary, set or queue is a cache, with its reason above."""
    caches = [
        (path, line, name)
        for path, line, name in kept_in_modules("dict", "set", "deque", "WeakSet")
        if not name.isupper()
    ]
    silent = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path, line, name in caches
        if not path.read_text().splitlines()[line - 2].startswith("#")
    ]
    assert len(caches) >= 4
    assert not silent


def test_no_module_is_called_after_nothing():
    homeless = {"utils", "helpers", "common", "misc", "base", "core", "manager", "lib"}
    assert not [
        path for path in MODULES if path.stem in homeless or homeless & set(path.parts[len(PACKAGE.parts) :])
    ]


def test_only_the_gate_makes_a_grant():
    makers = [
        path.relative_to(PACKAGE).as_posix()
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Grant"
    ]
    assert makers == ["access/gate/door.py"]


def test_queries_return_no_querysets():
    for path in PACKAGE.glob("*/queries.py"):
        for node in TREES[path].body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns is not None
                assert "QuerySet" not in ast.unparse(node.returns), node.name


def routes(resolver, prefix=""):
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            name = f"{item.namespace}:" if item.namespace else ""
            yield from ((path, name + route) for path, route in routes(item, prefix + str(item.pattern)))
        elif isinstance(item, URLPattern):
            yield prefix + str(item.pattern), item.name


def test_no_route_answers_without_a_stamp_or_a_place_on_the_public_list(client_of_nobody, client_of_rivera):
    found = dict(routes(get_resolver()))
    assert set(found.values()) >= settings.PUBLIC_ROUTES
    assert len(found) >= 15
    for pattern, name in found.items():
        path = "/" + re.sub(r"<uuid\w*:\w+>", "00000000-0000-0000-0000-000000000000", pattern)
        path = re.sub(r"<(number|int):\w+>", "7", path)
        path = re.sub(r"<(str|slug):\w+>", "us-dhs-ice", path)
        for client in (client_of_nobody, client_of_rivera):
            for method in ("get", "post"):
                response = getattr(client, method)(path)
                stamped = bool(response.headers.get("OpenCLEAR-Receipt"))
                assert stamped or name in settings.PUBLIC_ROUTES, (
                    f"{method} {path} ({name}): {response.status_code}"
                )
                assert response.status_code < 500, f"{method} {path} ({name}): {response.status_code}"


@pytest.fixture
def client_of_nobody():
    from django.test import Client

    return Client(raise_request_exception=False)


@pytest.fixture
def client_of_rivera():
    from tests.cast import signed_in, token

    client = signed_in("rivera")
    client.raise_request_exception = False
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token('rivera')}"
    return client


def test_public_routes_are_listed_with_reasons():
    text = (ROOT / "docs" / "public-routes.md").read_text().partition("## The public site")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)) == settings.PUBLIC_ROUTES


def test_every_model_has_its_database():
    assert {model._meta.app_label for model in apps.get_models()} <= set(DATABASE_OF_APP)
    assert DATABASE_OF_APP["audit"] == "audit"
    assert DATABASE_OF_APP["records"] == "default"


def test_no_column_speaks_of_immigration():
    from openclear.sources.crimes.forbidden import FORBIDDEN

    columns = [field.name for model in apps.get_models() for field in model._meta.get_fields()]
    assert len(columns) > 100
    assert not [
        name
        for name in columns
        if FORBIDDEN.search(name) or "origin" in name or "risk" in name or "score" in name
    ]


def test_every_room_has_a_short_readme():
    for room in ROOMS:
        readme = room / "README.md"
        assert readme.is_file(), room.name
        lines = readme.read_text().splitlines()
        assert len(lines) <= 60, room.name
        built = (room / "__init__.py").exists()
        assert built == any("may import" in line.lower() for line in lines), room.name


def test_everything_public_has_a_docstring_in_the_proof():
    for path, tree in TREES.items():
        assert ast.get_docstring(tree), path


def documents():
    return "\n".join(
        path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    )


def test_every_rule_setting_and_verb_is_in_the_documents():
    text = documents()
    for rule in policies().rules.values():
        assert f"`{rule.id}`" in text, rule.id
    for name in Configuration.__dataclass_fields__:
        assert f"`{name}`" in text, name
    for verb in parser()._subparsers._group_actions[0].choices:
        assert f"`{verb}`" in text, verb


def test_the_reference_of_settings_is_made_from_the_code():
    from openclear.config.configuration import reference

    assert reference() in (ROOT / "docs" / "configuration.md").read_text()


def catalog(room):
    """The Spanish catalog of a room: each message with its entry."""
    from babel.messages.pofile import read_po

    with (PACKAGE / room / "locale" / "es" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {
            str(message.id if isinstance(message.id, str) else message.id[0]): message
            for message in read_po(file)
            if message.id
        }


def test_everything_that_kinds_of_record_say_is_translated():
    from openclear.records.kinds import KINDS, SEARCHED

    said = {kind.words["title"] for kind in KINDS}
    for kind in SEARCHED.values():
        for item in fields(kind.search.filters) if kind.search.filters else ():
            said |= {item.metadata["label"], *item.metadata.get("choices", {}).values()}
    assert not said - {message for message, entry in catalog("web").items() if entry.string}
    assert len(said) > 15


def test_every_text_of_a_rule_is_translated():
    """The rules of policy, and those that stand in the code: whoever is refused reads why in their own language."""
    from openclear.access.policy.written import load_policies
    from openclear.vocabulary.rules import Rule

    written = [
        value
        for name, module in sys.modules.items()
        if name.startswith("openclear")
        for value in vars(module).values()
    ]
    rules = {*load_policies().rules.values(), *(value for value in written if isinstance(value, Rule))}
    said = {text for rule in rules for text in (rule.because, rule.next_step) if text}
    assert not said - {message for message, entry in catalog("web").items() if entry.string}
    assert len(rules) > 40


def test_the_tables_of_rules_are_made_from_the_rules():
    from openclear.access.policy.written import reference

    page = (ROOT / "docs" / "rules.md").read_text()
    assert [table in page for table in reference()] == [True, True], reference()


def test_every_page_of_the_documents_is_on_the_site_and_its_pictures_are_there():
    site = (ROOT / "mkdocs.yml").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        assert page.relative_to(ROOT / "docs").as_posix() in site, page
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / picture).is_file(), (page, picture)


def test_every_route_back_names_a_test_that_exists():
    text = (ROOT / "docs" / "bypasses.md").read_text()
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(number) for number in range(1, 14)]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) >= 15
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.MULTILINE), (file, test)


def test_every_dependency_has_its_line():

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["project"]["dependencies"] + [
        item for item in project["dependency-groups"]["dev"] if isinstance(item, str)
    ]
    text = (ROOT / "docs" / "dependencies.md").read_text()
    for requirement in named:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert f"| `{name}` |" in text, name


def test_whatever_is_installed_is_named_by_version_and_hash():
    script = (ROOT / "run").read_text().replace("\\\n", " ")
    installs = [
        part
        for line in script.splitlines()
        for part in line.split("&&")
        if re.search(r"pip (install|sync)", part)
    ]
    installs = [part for part in installs if "apt-get" not in part]
    # The program itself is built from here, with nothing fetched for it.
    own = [part for part in installs if "--no-deps --editable ." in part]
    assert (len(own), len(installs)) == (1, 3)
    assert all("--require-hashes" in part for part in installs if part not in own)
    for path in (ROOT / "bootstrap").iterdir():
        lines = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", "").splitlines()
        pinned = re.compile(r"[\w.-]+==\S+( ; [^;]+?)?(    --hash=sha256:[0-9a-f]{64})+")
        assert [line for line in lines if not pinned.fullmatch(line.replace(" " * 5, " " * 4))] == [], (
            path.name
        )
        assert (len(lines) == 1 and f"fetch {path.stem}" in script) or f"bootstrap/{path.name}" in script


def test_what_is_installed_comes_from_the_mirror_that_the_machine_names():
    """No host stands in what is pinned, so a city that has a mirror of its own uses that."""
    assert [path.name for path in (ROOT / "bootstrap").iterdir() if "://" in path.read_text()] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_the_program_is_built_by_what_is_pinned_and_nothing_more():
    """The one program that builds it has `uv_build` of its own version within itself, so that nothing is fetched for it."""
    [requirement] = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    version = re.search(r"^uv==([\d.]+)", (ROOT / "bootstrap" / "uv.txt").read_text(), re.MULTILINE)[1]
    lowest, next_minor = re.fullmatch(r"uv_build>=([\d.]+),<([\d.]+)", requirement).groups()
    numbers = [tuple(map(int, each.split("."))) for each in (lowest, version, next_minor)]
    assert numbers == sorted(numbers)
    assert numbers[0][:2] == numbers[1][:2] < numbers[2][:2]


def test_every_exception_of_the_linter_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    section = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.mccabe]")]
    for line in section.splitlines():
        if re.match(r'\s+"[A-Z]+\d+",', line) or re.match(r'^".*" = \[.*\]', line):
            assert "#" in line, line
    for path in TREES:
        for line in path.read_text().splitlines():
            if "# noqa" in line and not line.lstrip().startswith("#"):
                assert re.search(r"# noqa: [A-Z0-9, ]+ - \w+", line), f"{path.name}: {line.strip()}"
            if "type: ignore" in line:
                assert re.search(r"type: ignore\[[\w, -]+\] #", line), f"{path.name}: {line.strip()}"


def test_nothing_is_newer_than_the_python_that_readme_promises():
    assert "`python3` (3.11 or later)" in (ROOT / "README.md").read_text()
    newer = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("src", "tests", "bench")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 11)))
        if is_newer(node)
    ]
    assert not newer


def is_newer(node):
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in NEWER_NAMES.get(node.module, ()) for alias in node.names)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr in NEWER_NAMES.get(node.value.id, ())
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return any(called in NEWER_ARGUMENTS.get(argument.arg, ()) for argument in node.keywords)


def test_time_is_asked_in_one_place():
    for path, tree in TREES.items():
        if path.name == "clock.py":
            continue
        calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not {"datetime.now", "datetime.utcnow", "date.today", "timezone.now"} & set(calls), path.name


@pytest.mark.parametrize("room", ["web", "citizen"])
def test_the_translations_are_whole(room):
    known, wanted = catalog(room), set()
    for template in (PACKAGE / room / "templates").rglob("*.html"):
        text = template.read_text()
        wanted |= set(re.findall(r'translate "([^"]+)"', text)) | set(re.findall(r'_\("([^"]+)"\)', text))
        wanted |= set(re.findall(r"{% blocktranslate[^%]*%}(.*?){% (?:plural|endblocktranslate)", text))
    wanted = {re.sub(r"{{ (\w+) }}", r"%(\1)s", message) for message in wanted}
    assert len(wanted) > 40
    missing = {message for message in wanted if message not in known or not known[message].string}
    assert not missing
