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
    r"(?<!there )(?:is|are) no (?:act|agency|answer|change|checkpoint|database|day|edition|file|folder|id|list|month|number|order|question)": "is not a",
    r"(?<!there )(?:is|are) none of": "is not one of",
    r"(?:is|are) there for": "is shown to",
    r"whence": "from where, its source",
    r"broken off": "interrupted",
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
    r"recognised?": "recognize",
    r"unauthorised": "unauthorized",
}
FORBIDDEN = re.compile(
    rf"(?<![\w-])(?:{'|'.join(f'({pattern})' for pattern in BETTER)})(?![\w-])", re.IGNORECASE
)


def is_written_here(path):
    return not {"migrations", "static", "assets"} & set(path.parts)


def texts_of(path):
    """Each docstring, message and comment of a module, with its line."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
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


def test_docstrings_comments_and_messages_are_plain():
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if is_written_here(path)]
    assert len(modules) > 350
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {fault}"
        for path in modules
        for line, text in texts_of(path)
        for fault in faults(text)
    ]
    assert not found, "\n".join(found)


def test_pages_are_plain():
    pages = [path for path in sorted(PACKAGE.rglob("*.html")) if is_written_here(path)]
    assert len(pages) > 50
    found = [f"{path.relative_to(PACKAGE)}: {fault}" for path in pages for fault in faults(path.read_text())]
    assert not found, "\n".join(found)


def test_rules_are_plain():
    policies = sorted(PACKAGE.rglob("*.cedar*"))
    assert len(policies) > 3
    found = [f"{path.name}: {fault}" for path in policies for fault in faults(path.read_text())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_are_plain(path):
    found = list(faults(path.read_text()))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    ["Whoever asks is told.", "Raises Gone\n    where it is none.", "It is made anew.", "Ask the asker."],
)
def test_the_looking_finds(text):
    assert list(faults(text))
