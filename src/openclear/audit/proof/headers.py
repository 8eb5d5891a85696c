"""The public header of a log entry: format openclear-log/v1.

What may be in it, and nothing else. A header says what was decided, for which agencies, why, and when to the hour. It
never contains a name, a case number, a search word, a result, an address or free text.
"""

import re
from collections.abc import Callable
from typing import Any

from openclear.audit.proof.canonical import NotCanonical, decode

FORMAT = "openclear-log/v1"
LARGEST_HEADER = 4096
DECISIONS_OF_KIND: dict[str, tuple[str, ...]] = {
    "genesis": ("none",),
    "boot": ("none",),
    "heartbeat": ("none",),
    "answer": ("allow",),
    "refusal": ("deny",),
    "error": ("error",),
    "command": ("allow",),
    "attempt": ("allow",),
    "outcome": ("none", "error"),
    "order": ("none",),
    "in-force": ("none",),
    "affiliation": ("none",),
    "registry": ("none",),
    "policy": ("none",),
    "edition": ("none",),
    "erase": ("none",),
    "head": ("none",),
    "key": ("none",),
    "index": ("none",),
    "spool": ("allow", "deny", "error"),
}
ORDER_STATES = ("provisional", "in-force", "narrowed", "suspended", "lifted")
BLOCKING_STATES = ("provisional", "in-force", "narrowed")
EDITION_STATES = ("published", "withdrawn")
# A log older than head files begins one; or two people accept a log that differs from the previous one.
HEAD_CHANGES = ("begun", "restored")
_MONTH = re.compile(r"\d{4}-\d{2}")
_WORD = re.compile(r"[a-z][a-z0-9.-]{0,63}")
_RULE = re.compile(r"[a-z0-9][a-z0-9.:-]{0,79}")
_PATH = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*")
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_FIELDS = {
    "v", "i", "kind", "decision", "agencies", "action", "dataset", "purpose",
    "rules", "epoch", "hour", "commitment",
}  # fmt: skip
_EXTRA_OF_KIND = {
    "genesis": "genesis",
    "boot": "boot",
    "order": "order",
    "in-force": "order",
    "affiliation": "affiliation",
    "registry": "registry",
    "policy": "policy",
    "edition": "edition",
    "erase": "erase",
    "head": "head",
    "key": "key",
    "index": "index",
}
Header = dict[str, Any]


class BadHeader(ValueError):
    """The bytes are not a header of format openclear-log/v1."""


def parse_header(data: bytes) -> Header:
    """Return the header encoded in `data`. Raises BadHeader if any rule of the format is broken."""
    if len(data) > LARGEST_HEADER:
        raise BadHeader(f"longer than {LARGEST_HEADER} bytes")
    try:
        header = decode(data)
    except NotCanonical as error:
        raise BadHeader(str(error)) from None
    check_header(header)
    return dict(header)


def check_header(header: Any) -> None:
    """Raise BadHeader if `header` breaks a rule of the format."""
    if not isinstance(header, dict) or header.get("v") != 1:
        raise BadHeader("not a header of version 1")
    kind = header.get("kind")
    if not isinstance(kind, str) or kind not in DECISIONS_OF_KIND:
        raise BadHeader(f"unknown kind {kind!r}")
    _check_keys(header, kind)
    if header["decision"] not in DECISIONS_OF_KIND[kind]:
        raise BadHeader(f"{kind} with decision {header['decision']!r}")
    _check_values(header)


def _check_keys(header: Header, kind: str) -> None:
    extra = {_EXTRA_OF_KIND[kind]} if kind in _EXTRA_OF_KIND else set()
    missing = (_FIELDS | extra) - header.keys()
    unknown = header.keys() - _FIELDS - extra - {"attempt"}
    if missing or unknown:
        raise BadHeader(f"fields missing or unknown: {sorted(missing | unknown)}")
    for name in extra:
        _check_extra(name, header[name])


def _check_extra(name: str, facts: Any) -> None:
    needed = _CHECK_OF_EXTRA[name]
    optional = _OPTIONAL_OF_EXTRA.get(name, {})
    if not isinstance(facts, dict) or facts.keys() - optional.keys() != needed.keys():
        raise BadHeader(f"malformed {name}")
    for key, value in facts.items():
        if not {**needed, **optional}[key](value):
            raise BadHeader(f"malformed {name}: {key}")


def _check_values(header: Header) -> None:
    whole = all(_is_count(header[name]) for name in ("i", "epoch"))
    if not whole or not _is_count(header.get("attempt", 0)):
        raise BadHeader("a number is malformed")
    if not all(_matches(_WORD, header[name]) for name in ("action", "dataset", "purpose")):
        raise BadHeader("a word is malformed")
    agencies = header["agencies"]
    if not _words(agencies, _PATH) or agencies != sorted(set(agencies)):
        raise BadHeader("agencies are not a sorted list of paths")
    if not _words(header["rules"], _RULE):
        raise BadHeader("rules are not a list of ids")
    if not (_matches(_HOUR, header["hour"]) and _matches(_HASH, header["commitment"])):
        raise BadHeader("hour or commitment is malformed")


def _words(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, list) and all(_matches(pattern, item) for item in value)


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_path(value: Any) -> bool:
    return _matches(_PATH, value)


def _is_rule(value: Any) -> bool:
    return _matches(_RULE, value)


def _is_hash(value: Any) -> bool:
    return _matches(_HASH, value)


def _is_word(value: Any) -> bool:
    return _matches(_WORD, value)


def _are_names(value: Any) -> bool:
    return value == "all" or _words(value, _WORD)


def _are_fields(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_CHECK_OF_EXTRA: dict[str, dict[str, Callable[[Any], bool]]] = {
    "genesis": {"demo": lambda value: isinstance(value, bool), "format": _is_text, "key": _is_text, "origin": _is_text},
    "boot": {"code": _is_hash, "configuration": _is_hash, "policies": _is_hash},
    "order": {
        "id": _is_rule, "agency": _is_path, "state": lambda value: value in ORDER_STATES, "scope": _are_names,
        "purposes": _are_names,
    },
    "affiliation": {"change": _is_word, "agency": _is_path},
    "registry": {"change": _is_word, "agency": _is_path},
    "policy": {"digest": _is_hash},
    "edition": {
        "month": lambda value: _matches(_MONTH, value), "revision": _is_count, "manifest": _is_hash,
        "state": lambda value: value in EDITION_STATES,
    },
    "erase": {"entry": _is_count, "fields": _are_fields},
    "head": {"change": lambda value: value in HEAD_CHANGES, "size": _is_count, "root": _is_hash},
    "key": {"key": _is_text},
    "index": {"root": _is_hash},
}  # fmt: skip
_OPTIONAL_OF_EXTRA: dict[str, dict[str, Callable[[Any], bool]]] = {
    # `host`, `oversight`, `root`: the department whose records these are, the agency that oversees it, and the agency
    # above all of the city.
    "genesis": {
        "head": lambda value: value is True,
        "host": _is_path,
        "oversight": _is_path,
        "root": _is_path,
        "areas": _is_word,
    },
    "head": {"first": _is_count, "from_size": _is_count, "from_root": _is_hash},
    "registry": {"from": _is_path},
}
