"""An export on its way: written row by row to the side, turned into its format (`formats`), and only then put in its place."""

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
    """Rows of an export on their way: one JSON object a line, in a file that nobody is handed."""

    def __init__(self, identity: UUID) -> None:
        """Open the draft of an export, empty."""
        self.path = path_of(identity).with_suffix(".draft")
        self.rows = 0
        self._ids, self._told = bytearray(), bytearray()
        self._file = os.fdopen(private(self.path), "w")

    def add(self, kind: str, rows: Iterable[Any]) -> None:
        """Write rows of a kind, and beside them what they tell of other records."""
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
        """Throw the draft away. Twice is harmless."""
        self._file.close()
        for left in (self.path, self.path.with_suffix(".made")):
            left.unlink(missing_ok=True)

    def finish(self, kind: str, format_name: str, watermark: Mapping[str, str]) -> tuple[Path, str]:
        """Turn the draft into its format; return the finished file, still to the side, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        write(self.path.with_suffix(".ids"), self._ids)
        write(self.path.with_suffix(".told"), self._told)
        MAKERS[format_name](self.path, done, kind, watermark)
        done.chmod(OWN_ALONE)
        with done.open("rb") as file:
            return done, file_digest(file, "sha256").hexdigest()

    def take(self, data: bytes) -> tuple[Path, str]:
        """Take what was made elsewhere; return the file, still to the side, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        write(done, data)
        return done, sha256(data).hexdigest()
