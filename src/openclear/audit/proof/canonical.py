"""Canonical JSON: each value has one encoding, so that a hash of the bytes is a hash of the value.

The RFC 8785 profile without floats: sorted ASCII keys, no spaces, integers below 2^53, NFC strings.
"""

import json
import unicodedata
from typing import Any

LARGEST = 2**53 - 1


class NotCanonical(ValueError):
    """The value or the bytes are outside the profile."""


def encode(value: Any) -> bytes:
    """Return the canonical encoding of `value`. Raises NotCanonical outside the profile."""
    check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate is not text") from None


def decode(data: bytes) -> Any:
    """Return the value encoded in `data`. Raises NotCanonical unless `data` is its canonical encoding."""
    try:
        value = json.loads(data)
        spelled = encode(value)
    except RecursionError:
        raise NotCanonical("nested too deep") from None
    except (ValueError, NotCanonical) as error:
        raise NotCanonical(f"not canonical JSON: {error}") from None
    if spelled != data:
        raise NotCanonical("not the canonical spelling")
    return value


def check(value: Any) -> None:
    """Raise NotCanonical if any part of `value` is outside the profile."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise NotCanonical("a key that is not ASCII text")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            check(item)
    else:
        _check_plain(value)


def _check_plain(value: Any) -> None:
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise NotCanonical("a string that is not NFC")
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical("an integer of 2^53 or more")
    elif value is not None:
        raise NotCanonical(f"a {type(value).__name__}")
