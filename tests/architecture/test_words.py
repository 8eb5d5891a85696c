"""Plain American English (DESIGN, section 12), looked at by machine: docstrings, comments, messages, page texts, documents."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "openclear"
# Whose messages, rule texts and pages are not looked at yet (their docstrings and comments are): two rooms, four modules.
LATER = (
    "access/", "records/", "audit/log.py", "audit/proof/command.py", "audit/proof/folder.py", "audit/proof/report.py",
)  # fmt: skip
# A class of those rooms whose docstring the API shows, and so a message.
SHOWN = {"Question"}
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "adr" not in path.parts),
    *sorted(PACKAGE.rglob("README.md")),
]

# What is not written, as a pattern, and what is written instead.
BETTER = {
    r"whoever": "anyone who",
    r"whatever": "anything that, everything that, regardless of",
    r"whichever": "any, the one that",
    r"is no ground": "cannot be named for a request",
    r"is nobody's": "belongs to nobody",
    r"anew": "again",
    r"askers?": "requester",
    r"to be had": "available",
    r"that which": "what",
    r"(?:brought|bring|brings|bringing) in": "import",
    r"goes? on with|going on with": "continue with",
    r"stands? (?:in|at|below|behind|beside)": "is in, at, below, after, next to",
    r"Raises [^.]*? where": "Raises X if",
    r"(?:None|False|True|empty|nothing) where": "None if",
    r"(?<!there )(?:is|are) no (?:answer|database|day|edition|file|id|list|month|number|order|question)": "is not a",
    r"(?:of|with|in) (?:a|an) [a-z]+ of its own": "its own, a separate",
    r"for ever": "forever",
    r"per cent": "percent",
    r"metres?": "meters",
    r"centres?": "center",
    r"colours?": "color",
    r"labell(?:ed|ing)": "labeled, labeling",
    r"cancelled": "canceled",
    r"honoured": "honored",
    r"licences?": "license",
    r"unauthorised": "unauthorized",
}
FORBIDDEN = re.compile(
    rf"(?<![\w-])(?:{'|'.join(f'({pattern})' for pattern in BETTER)})(?![\w-])", re.IGNORECASE
)

# Sentences of the rules and of the two rooms above, which the documents and the Spanish catalog quote.
QUOTED = [
    path.read_text() for path in sorted((PACKAGE / "access").rglob("*")) if path.suffix in {".cedar", ".py"}
]


def is_written_here(path):
    return not {"migrations", "static", "assets"} & set(path.parts)


def is_looked_at(path):
    return is_written_here(path) and not path.relative_to(PACKAGE).as_posix().startswith(LATER)


def strings_of(tree, *, messages):
    for node in ast.walk(tree):
        if messages and isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
        if messages or not isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ):
            continue
        if getattr(node, "name", "") not in SHOWN and (text := ast.get_docstring(node, clean=False)):
            yield node.body[0].lineno, text


def texts_of(path, *, messages=True):
    """Each docstring and comment of a module, and each message, with its line."""
    source = path.read_text()
    yield from strings_of(ast.parse(source), messages=messages)
    block, last = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if block and token.start[0] != last + 1:
                yield last, " ".join(block)
                block = []
            block, last = [*block, token.string.lstrip("# ")], token.start[0]
    yield last, " ".join(block)


def faults(text):
    plain = " ".join(re.sub(r"`[^`]*`|::\w+", "", text).split())
    for found in FORBIDDEN.finditer(plain):
        yield f"{found[0]!r}: write {list(BETTER.values())[found.lastindex - 1]!r}: ...{plain[max(found.start() - 40, 0) : found.end() + 40]}..."


def is_quoted(line):
    cells = [cell.strip() for cell in line.split("|")]
    return any(len(cell) > 20 and any(cell in text for text in QUOTED) for cell in cells)


def test_docstrings_comments_and_messages_are_plain():
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if is_written_here(path)]
    assert len(modules) > 350
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {fault}"
        for path in modules
        for line, text in texts_of(path, messages=is_looked_at(path))
        for fault in faults(text)
    ]
    assert not found, "\n".join(found)


def test_pages_are_plain():
    pages = [path for path in sorted(PACKAGE.rglob("*.html")) if is_looked_at(path)]
    assert len(pages) > 50
    found = [f"{path.relative_to(PACKAGE)}: {fault}" for path in pages for fault in faults(path.read_text())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_are_plain(path):
    if path.is_relative_to(PACKAGE) and not is_looked_at(path):
        pytest.skip("its room is looked at later")
    lines = [line for line in path.read_text().splitlines() if not is_quoted(line)]
    found = list(faults("\n".join(lines)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    ["Whoever asks is told.", "Raises Gone\n    where it is none.", "It is made anew.", "Ask the asker."],
)
def test_the_looking_finds(text):
    assert list(faults(text))
