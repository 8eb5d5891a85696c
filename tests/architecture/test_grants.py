"""Law 1: no key, no rows. Every public function of every room requires its grant first, or says at itself why not."""

import ast
import tomllib
from fnmatch import fnmatch

import pytest

from openclear.vocabulary.without_grant import without_grant
from tests.architecture.test_house import PACKAGE, ROOMS, ROOT, TREES

pytestmark = pytest.mark.anywhere

# Rooms whose functions nobody could hand a grant, each with the contract of pyproject.toml that keeps records from it.
NO_GRANT_THERE = {
    "web": "a door: its views open the gate, and tables are private to the rooms below",
    "api": "a door, like the pages",
    "cli": "a door, like the pages",
    "citizen": "the other process: it cannot import access or records",
    "release": "the other process: it cannot import access or records",
    "sources": "a door of files: tables are private, and what it brings in goes through records, which requires the grant",
    "vocabulary": "imports nothing",
}


def pure_modules():
    """The modules that a contract keeps from Django: without it there is no table to read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    return next(
        item["source_modules"] for item in contracts if item["name"].startswith("Decisions and proofs")
    )


def is_pure(module, pure):
    return any(fnmatch(module, name) or module.startswith(f"{name}.") for name in pure)


def public_functions():
    """Every public function of every room that could be handed a grant: where it stands, and its tree."""
    pure = pure_modules()
    for path, tree in TREES.items():
        place = path.relative_to(PACKAGE)
        module = ".".join(["openclear", *place.with_suffix("").parts]).removesuffix(".__init__")
        if place.parts[0] in NO_GRANT_THERE or is_pure(module, pure):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield f"{place.as_posix()}:{node.name}", node


FUNCTIONS = dict(public_functions())


def reasons(node):
    calls = [item for item in node.decorator_list if isinstance(item, ast.Call)]
    return [item.args[0].value for item in calls if getattr(item.func, "id", "") == "without_grant"]


def requires_first(node):
    """Say whether a function takes the grant first and by position alone, and requires it in its first statement."""
    taken = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    first = node.body[1] if ast.get_docstring(node) else node.body[0]
    return taken == ["grant"] and ast.unparse(first).startswith("grant.require(")


def test_every_public_function_requires_its_grant_first_or_says_why_not():
    assert len(FUNCTIONS) > 300
    assert not [name for name, node in FUNCTIONS.items() if not reasons(node) and not requires_first(node)]


def test_no_reason_stands_where_the_grant_is_required():
    assert not [name for name, node in FUNCTIONS.items() if reasons(node) and requires_first(node)]


def test_every_reason_is_a_short_sentence_and_stands_at_the_function():
    for name, node in FUNCTIONS.items():
        for reason in reasons(node):
            assert 3 <= len(reason.split()) <= 20, (name, reason)
            # Outermost: it marks what callers get, whatever else wraps the function.
            assert getattr(node.decorator_list[0].func, "id", "") == "without_grant", name


def test_rooms_that_are_left_out_are_rooms():
    assert set(NO_GRANT_THERE) <= {room.name for room in ROOMS}


def test_the_mark_costs_nothing_when_the_function_is_called():
    def counted():
        return 1

    assert without_grant("only for this test")(counted) is counted


def test_a_function_that_asks_late_or_takes_more_by_position_is_found():
    late = ast.parse("def read(grant, *, number):\n    rows = 1\n    grant.require(X)\n    return rows").body[
        0
    ]
    more = ast.parse("def read(grant, number):\n    grant.require(X)").body[0]
    good = ast.parse('def read(grant, *, number):\n    """Read."""\n    grant.require(X)').body[0]
    assert [requires_first(node) for node in (late, more, good)] == [False, False, True]
