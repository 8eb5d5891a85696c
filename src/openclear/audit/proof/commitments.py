"""How a header binds its private body: one salted hash a field, one Merkle root over them.

A single field can be shown to a court with its salt, or erased with its salt, and the rest still proves.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from openclear.audit.proof.canonical import encode
from openclear.audit.proof.merkle import root_of

CONTEXT = b"openclear-field/v1\x00"
SALT_SIZE = 32

# A stored field is {"salt": base64, "value": ...}, or {"hash": hexadecimal} once it is erased.
StoredField = Mapping[str, Any]


def field_hash(name: str, salt: bytes, value: Any) -> bytes:
    """Return the commitment to one field."""
    return hashlib.sha256(CONTEXT + salt + name.encode() + b"\x00" + encode(value)).digest()


def stored_hash(name: str, field: StoredField) -> bytes:
    """Return the commitment of a stored field, erased or not."""
    if "hash" in field:
        return bytes.fromhex(field["hash"])
    return field_hash(name, base64.b64decode(field["salt"]), field["value"])


def commitment(fields: Mapping[str, StoredField]) -> str:
    """Return the hexadecimal root over the fields of one body, in the order of their names."""
    return root_of([stored_hash(name, fields[name]) for name in sorted(fields)]).hex()
