"""An export in the making: written row by row to a draft file, converted to its format (`formats`), and only then put in place."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from openclear.delivery.files import NOTHING, OWN_ALONE, path_of, private, write
from openclear.delivery.formats import MAKERS
from openclear.records.kinds import searched


class ExportDraft:
    """Rows of an export in the making: one JSON object per line, in a file that is never handed out."""

    def __init__(self, identity: UUID) -> None:
        """Open the draft of an export, empty."""
        self.path = path_of(identity).with_suffix(".draft")
        self.rows, self.note = 0, ""
        self._ids, self._told = bytearray(), bytearray()
        self._file = os.fdopen(private(self.path), "w")

    def add(self, kind: str, rows: Iterable[Any]) -> None:
        """Write rows of a kind, and the ids of other records that they mention."""
        tells_of = searched(kind).tells_of or (lambda _: None)
        for row in rows:
            self._file.write(json.dumps(asdict(row), cls=DjangoJSONEncoder) + "\n")
            self._ids += row.id.bytes
            self._told += (tells_of(row) or NOTHING).bytes
            self.rows += 1

    def close(self) -> None:
        """Finish writing."""
        self._file.close()

    def discard(self) -> None:
        """Delete the draft. Doing it twice is harmless."""
        self._file.close()
        for left in (self.path, self.path.with_suffix(".made")):
            left.unlink(missing_ok=True)

    def finish(self, kind: str, format_name: str, watermark: Mapping[str, str]) -> tuple[Path, str]:
        """Convert the draft to its format; return the finished file, not yet in place, and its SHA-256.

        `note` says afterwards what its owner should know, such as characters that no font has.
        """
        self.close()
        done = self.path.with_suffix(".made")
        write(self.path.with_suffix(".ids"), self._ids)
        write(self.path.with_suffix(".told"), self._told)
        self.note = MAKERS[format_name](self.path, done, kind, watermark)
        done.chmod(OWN_ALONE)
        with done.open("rb") as file:
            return done, file_digest(file, "sha256").hexdigest()

    def take(self, data: bytes) -> tuple[Path, str]:
        """Take a finished file; return it, not yet in place, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        write(done, data)
        return done, sha256(data).hexdigest()
