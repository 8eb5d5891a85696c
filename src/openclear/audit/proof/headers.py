"""The public header of a log entry: format openclear-log/v1. What may stand in it, and nothing else.

A header tells what was decided, for which agencies, why, and when to the hour. It never holds a
name, a number of a case, a search word, a result, an address or free text.
"""

import re
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
    "erase": ("none",),
    "key": ("none",),
    "index": ("none",),
    "spool": ("allow", "deny", "error"),
}
ORDER_STATES = ("provisional", "in-force", "narrowed", "suspended", "lifted")
BLOCKING_STATES = ("provisional", "in-force", "narrowed")
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
    "erase": "erase",
    "key": "key",
    "index": "index",
}
_KEYS_OF_EXTRA = {
    "genesis": {"demo", "format", "key", "origin"},
    "boot": {"code", "configuration", "policies"},
    "order": {"id", "agency", "state", "scope", "purposes"},
    "affiliation": {"change", "agency"},
    "registry": {"change", "agency", "from"},
    "policy": {"digest"},
    "erase": {"entry", "fields"},
    "key": {"key"},
    "index": {"root"},
}
Header = dict[str, Any]


class BadHeader(ValueError):
    """The bytes are not a header of format openclear-log/v1."""


def parse_header(data: bytes) -> Header:
    """Return the header that `data` spells. Raises BadHeader where any rule of the format is broken."""
    if len(data) > LARGEST_HEADER:
        raise BadHeader(f"longer than {LARGEST_HEADER} bytes")
    try:
        header = decode(data)
    except NotCanonical as error:
        raise BadHeader(str(error)) from None
    check_header(header)
    return dict(header)


def check_header(header: Any) -> None:
    """Raise BadHeader where `header` breaks a rule of the format."""
    if not isinstance(header, dict) or header.get("v") != 1:
        raise BadHeader("not a header of version 1")
    kind = header.get("kind")
    if kind not in DECISIONS_OF_KIND:
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
        if not isinstance(header[name], dict) or header[name].keys() - _KEYS_OF_EXTRA[name]:
            raise BadHeader(f"malformed {name}")
    if kind in {"order", "in-force"}:
        _check_order(header["order"])


def _check_order(order: dict[str, Any]) -> None:
    if order.keys() != _KEYS_OF_EXTRA["order"] or order["state"] not in ORDER_STATES:
        raise BadHeader("malformed order")
    if not (_matches(_PATH, order["agency"]) and _matches(_RULE, order["id"])):
        raise BadHeader("malformed order")
    if not all(order[name] == "all" or _words(order[name], _WORD) for name in ("scope", "purposes")):
        raise BadHeader("malformed order")


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
