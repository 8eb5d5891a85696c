"""What kind of file it is, by its first bytes, and its text: unpacked and decoded.

Text is UTF-8, UTF-16 or UTF-32, and Windows-1252 (with it Latin-1) where it is not UTF-8. A file that is not a table of text is
refused with what it is and the way out.
"""

import codecs
import gzip
import io
import zipfile
from pathlib import Path
from typing import IO

from openclear.sources.errors import WrongFile

GZIP, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_AS_CSV = "open it in the program that made it, and save it as CSV (UTF-8)"
_UNPACK = "unpack it, and import the CSV file in it"
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS) or another Office document", _AS_CSV),
    (b"%PDF", "a PDF document", "ask for the data as CSV"),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (b"7z\xbc\xaf", "packed with 7-Zip", _UNPACK),
    (b"Rar!", "packed with RAR", _UNPACK),
    (b"SQLite format 3", "an SQLite database", _AS_CSV),
    (b"{", "JSON", "download the data as CSV"),
    (b"[{", "JSON", "download the data as CSV"),
    (b"<", "a page or an XML document", "download the data as CSV"),
)
# What is in a zip archive that is itself one document.
_DOCUMENTS = (
    ("xl/workbook.xml", "an Excel workbook (XLSX)"),
    ("xl/workbook.bin", "an Excel workbook (XLSB)"),
    ("word/document.xml", "a Word document"),
    ("content.xml", "an OpenDocument file"),
)
_BY_MARK = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_HEAD = 512
_ENCRYPTED = 1
# How bytes that are not UTF-8 are read: registered below.
AS_WINDOWS_1252 = "openclear-windows-1252"


def text_of(file: IO[bytes], path: Path) -> io.TextIOWrapper:
    """Return the text of a file, unpacked if it is gzip or a zip archive of one file. Raises WrongFile with the way out.

    Errors of a damaged file come when it is read: what `gzip` and `zipfile` raise, and UnicodeDecodeError.
    """
    stream = _unpacked(file, path)
    head = stream.peek(_HEAD)[:_HEAD]  # type: ignore[attr-defined] # buffered files, gzip and zip members have it
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, what, way in (*_OTHERS, (GZIP, "packed twice", _UNPACK), (ZIP, "packed twice", _UNPACK)):
        if head.startswith(magic) or (magic.isascii() and plain.startswith(magic)):
            raise WrongFile(f"{path} is {what}, not a table of text; {way}.")
    encoding = _encoding(head)
    if encoding is None:
        message = f"{path} is damaged, or is not a table of text; choose the CSV file, or download it again."
        raise WrongFile(message)
    errors = AS_WINDOWS_1252 if encoding == "utf-8-sig" else "strict"
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def _unpacked(file: IO[bytes], path: Path) -> IO[bytes]:
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(GZIP):
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value] # it reads like a file
    return _member(file, path) if magic in {ZIP, EMPTY_ZIP} else file


def _member(file: IO[bytes], path: Path) -> IO[bytes]:
    archive = zipfile.ZipFile(file)
    names = {info.filename for info in archive.infolist()}
    for name, what in _DOCUMENTS:
        if name in names:
            raise WrongFile(f"{path} is {what}, not a table of text; {_AS_CSV}.")
    members = [
        info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise WrongFile(f"{path} is an archive of {len(members)} files; {_UNPACK}.")
    if members[0].flag_bits & _ENCRYPTED:
        raise WrongFile(f"{path} is an archive with a password; {_UNPACK}.")
    try:
        return archive.open(members[0])
    except NotImplementedError:
        raise WrongFile(f"{path} is an archive packed in a way that is not read here; {_UNPACK}.") from None


def _encoding(head: bytes) -> str | None:
    for mark, name in _BY_MARK:
        if head.startswith(mark):
            return name
    if b"\0" not in head:
        return "utf-8-sig"
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.8 > 0:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.8 > 0 else None


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    # Bytes that Windows-1252 does not have become control characters, which are rejected with their row.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("windows-1252"), error.end
    except UnicodeDecodeError:
        return wrong.decode("latin-1"), error.end


codecs.register_error(AS_WINDOWS_1252, _as_windows_1252)
