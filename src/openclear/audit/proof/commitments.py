"""How a header binds its private body: one salted hash per field, one hash over names and hashes.

A single field can be shown to a court with its salt, or erased with its salt, and the rest can still be proved.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from openclear.audit.proof.canonical import encode

CONTEXT = b"openclear-field/v1\x00"
BODY_CONTEXT = b"openclear-body/v1\x00"
SALT_SIZE = 32

# A stored field is {"salt": base64, "value": ...}, or {"hash": hexadecimal} once erased.
StoredField = Mapping[str, Any]
_FIELD_HASH = re.compile(r"[0-9a-f]{64}")


class BadBody(ValueError):
    """A stored body is malformed: not canonical, or with members that are not bound."""


def field_hash(name: str, salt: bytes, value: Any) -> bytes:
    """Return the commitment to one field."""
    return hashlib.sha256(CONTEXT + salt + name.encode() + b"\x00" + encode(value)).digest()


def stored_hash(name: str, field: StoredField) -> bytes:
    """Return the commitment of a stored field, erased or not. Raises BadBody if it is neither."""
    if isinstance(field, Mapping) and set(field) == {"hash"} and _is_field_hash(field["hash"]):
        return bytes.fromhex(field["hash"])
    if not isinstance(field, Mapping) or set(field) != {"salt", "value"}:
        raise BadBody(f"field {name} is malformed")
    return field_hash(name, decode_base64(field["salt"], SALT_SIZE), field["value"])


def commitment(fields: Mapping[str, StoredField]) -> str:
    """Return the hexadecimal commitment to one body: it binds the number, the names and the hashes of its fields."""
    listed = [[name, stored_hash(name, fields[name]).hex()] for name in sorted(fields)]
    return hashlib.sha256(BODY_CONTEXT + encode(listed)).hexdigest()


def decode_base64(text: Any, size: int) -> bytes:
    """Return the `size` bytes encoded in `text`. Raises BadBody unless this is their canonical encoding."""
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise BadBody("not base64") from None
    if len(data) != size or base64.b64encode(data).decode() != text:
        raise BadBody("not base64 of the right length, or with a second spelling")
    return data


def _is_field_hash(text: Any) -> bool:
    return isinstance(text, str) and _FIELD_HASH.fullmatch(text) is not None
