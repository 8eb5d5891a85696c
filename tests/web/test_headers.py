"""Every header of a request with any text: an answer or a refusal, never an error of the server."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from openclear.access.gate.nobody import Window
from openclear.audit.rows import NewEntry
from openclear.cli.main import main
from openclear.delivery.rules import PART, range_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Receipt
from openclear.web.headers import SecurityHeaders
from tests.cast import signed_in, token
from tests.delivery.test_kept import ask_export, made

HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Length", "Content-Type", "Cookie", "Date",
    "Expect", "Forwarded", "Host", "HX-Current-URL", "HX-Request", "HX-Target", "If-Match", "If-Modified-Since", "If-None-Match",
    "If-Range", "If-Unmodified-Since", "OpenCLEAR-Acting-For", "Origin", "Range", "Referer", "Sec-Fetch-Site", "Transfer-Encoding",
    "User-Agent", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Requested-With",
)  # fmt: skip
# What a server lets through: bytes, without line breaks.
ANY = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=200)
NEARLY = st.sampled_from([
    "bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000, "bytes=-" + "9" * 5000, "bytes=1-0", "bytes=-0", "bytes=0-0,5-9", "bytes=\xb2-\xb3", "bytes",
    "Bearer", "Bearer \xff", "bearer " + "x" * 5000, "Basic Og==", "9" * 5000, "-1", "Wed, 99 Foo 9999 99:99:99 GMT", "Sun, 06 Nov 0000 00:00:00 GMT",
    "Sun, 06 Nov 99999999999 08:49:37 GMT", '"' * 300, 'W/"', "*", "null", "http://[::1", "http://", "[", "en;q=" + "9" * 400, "en;q=nan",
    "x" * 5000, "sessionid=" + "x" * 3000, "csrftoken=\xff; sessionid=;;=", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xff",
    "application/x-www-form-urlencoded; charset=no-such", "application/json; charset=utf-7", "1.1.1.1, " * 300, "gzip, chunked", "\xe9\xe8",
])  # fmt: skip
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def export():
    return made(ask_export("rivera")).id


@pytest.fixture(scope="module")
def clients():
    """An officer by session, one by token, and nobody."""
    return (signed_in("rivera"), Client(headers={"authorization": f"Bearer {token('rivera')}"}), Client())


def sent(client, method, path, name, value):
    key = name.upper().replace("-", "_")
    key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
    client.raise_request_exception = False
    with override_settings(TRUSTED_PROXIES=("127.0.0.1",)):
        return client.generic(method, path, b"a=1", **{key: value}).status_code


@pytest.mark.anywhere
@settings(max_examples=250, suppress_health_check=QUIET)
@given(
    st.sampled_from(HEADERS), ANY | NEARLY, st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "BREW"]),
    st.sampled_from(["file", "/saved", "/search", "/orders", "/api/v1/cases?limit=1", "/api/v1/people?q=garcia", "/sign-in", "/nowhere", "/healthz"]),
)  # fmt: skip
@example("Range", "bytes=" + "1" * 5000 + "-", "GET", "file")
@example("Content-Length", "9" * 5000, "POST", "/search")
@example("Host", "\xff", "GET", "/search")
def test_any_header_is_answered_or_refused(export, clients, name, value, method, path):
    address = f"/saved/exports/{export}/file" if path == "file" else path
    for client in clients:
        assert sent(client, method, address, name, value) < 500, (name, value, method, path)


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "header",
    [
        "bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000, "bytes=-" + "9" * 5000, "bytes=-0", "bytes=5-4", "bytes=100-", "bytes=-", "bytes=", "items=0-1",
        "bytes=0-1,3-4", "bytes=\u0661-", "bytes=+1-2", "bytes=0x1-2", "bytes=1 - 2",
    ],
)  # fmt: skip
def test_a_range_that_no_file_has_is_one_sentence(header):
    with pytest.raises(WrongUsage):
        range_of(header, 100)


@pytest.mark.anywhere
@given(st.integers(0, 10**17), st.integers(0, 10**17), st.integers(1, 10**12))
def test_a_range_is_within_the_file_and_not_longer_than_a_part(first, last, size):
    if first >= size or last < first:
        with pytest.raises(WrongUsage):
            range_of(f"bytes={first}-{last}", size)
        return
    start, stop = range_of(f"bytes={first}-{last}", size)
    assert (start, stop) == (first, min(last + 1, size, first + PART))


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("evil, 2001:db8::1", "2001:db8::1"),
        ("\xe9", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("x" * 999, "127.0.0.1"),
    ],
)
def test_an_address_that_a_proxy_passes_on_is_an_address(forwarded, seen):
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    with override_settings(TRUSTED_PROXIES=("127.0.0.1",)):
        SecurityHeaders(lambda _: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == seen


@pytest.mark.anywhere
def test_an_address_that_the_log_cannot_name_holds_up_no_entry():
    entry = NewEntry("answer", "refuse", details={"address": "\xe9"})
    window = Window(Receipt(1, "00"), entry)
    window.add(entry.details)
    assert window.entry().details["addresses"] == {"others": 1}


@pytest.mark.anywhere
@pytest.mark.parametrize("limit", ["9" * 5000, "9" * 400, "0", "-1", "\u00b2", "1e3"])
def test_a_number_of_thousands_of_digits_is_one_sentence(limit):
    client = signed_in("rivera")
    client.raise_request_exception = False
    assert client.get("/cases", {"limit": limit}).status_code < 500
    asked = Client(headers={"authorization": f"Bearer {token('rivera')}"}, raise_request_exception=False)
    assert 400 <= asked.get("/api/v1/cases", {"limit": limit}).status_code < 500
    assert main(["cases", f"--limit={limit}"], lambda: None) == 2
    assert main(["account", "approve", "9" * 5000, "--by", "adler"], lambda: None) == 2
