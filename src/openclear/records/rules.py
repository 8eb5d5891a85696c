"""What several kinds share: how numbers and blocks are compared, the ids of rows, what may not be stored. Pure."""

import re
from uuid import NAMESPACE_URL, UUID, uuid5

from openclear.records.found import Reason

_NAMESPACE = uuid5(NAMESPACE_URL, "openclear.records")
# Forms and files of civil immigration enforcement: administrative warrants, detainers, the NCIC file.
_CIVIL_FORM = re.compile(
    r"\bI[- ]?(?:200|203|205|247\w?|286|862|213)\b|IMMIGRATION|DETAINER|\bREMOVAL\b|\bDEPORT|\bNCIC IVF\b|\bIVF\b"
)


def record_id(source: str, table: str, source_id: str) -> UUID:
    """Return the id that a source's row always has here, so that importing it twice is one row."""
    return uuid5(_NAMESPACE, f"{source}/{table}/{source_id}")


def block_of(text: str) -> str:
    """Return a block, or a number, as it is compared: upper case, single spaces, nothing unprintable."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.upper().split())


def number_reason(
    asked: str, found: str, code: str, other: str = "", other_code: str = ""
) -> tuple[Reason, ...]:
    """Return why a number or a block was found: the one of the two that begins with the search text."""
    if found.startswith(asked) or not other_code:
        return (Reason(code, asked, found),)
    return (Reason(other_code, asked, other),)


def civil_form_in(text: str) -> str:
    """Return the form of civil immigration enforcement that `text` names, or ""."""
    found = _CIVIL_FORM.search(text.upper())
    return found[0] if found else ""
