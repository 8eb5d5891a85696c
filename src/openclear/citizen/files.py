"""Sending a file with its tag and in ranges (RFC 9110, sections 8.8.3, 13 and 14)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
CHUNK = 65536


def send_file(request: HttpRequest, path: Path, *, media: str, name: str, tag: str = "") -> HttpResponseBase:
    """Return a file, a range of it, or that nothing changed. Raises Http404 if it is not there.

    `tag`: identifies the content; from size and time of the file if it is "".
    """
    try:
        state = path.stat()
        etag = f'"{tag or f"{state.st_mtime_ns:x}-{state.st_size:x}"}"'
        response = get_conditional_response(request, etag=etag) or _content(
            request, path, state.st_size, etag
        )
    except (FileNotFoundError, NotADirectoryError):
        raise Http404 from None
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code in {200, 206}:
        response.headers["Content-Type"] = media
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _content(request: HttpRequest, path: Path, size: int, etag: str) -> HttpResponseBase:
    found = RANGE.fullmatch(request.headers.get("Range", "").strip()) if request.method == "GET" else None
    # A range of another version would not fit what the reader has.
    if found is None or found[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return FileResponse(path.open("rb"))
    first, last = _bounds(found[1], found[2], size)
    if first > last:
        if found[1] and found[2] and int(found[1]) > int(found[2]):
            return FileResponse(path.open("rb"))  # not a range at all: ignored, as the standard says
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return StreamingHttpResponse(_part(path.open("rb"), first, last), status=206, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        # The last bytes.
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (data := file.read(min(CHUNK, left))):
            left -= len(data)
            yield data
