"""How an alert is delivered: on the page, by mail, or to a webhook that the operator allowed. Never with a record in it.

A whole delivery has a time limit, however its receiver behaves: after `DELIVERY_SECONDS`, or as soon as an order
needs the lock that it holds, its connection is reset, which drops what has not arrived.
"""

import contextlib
import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from threading import Event, Timer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from openclear.access.barrier.keeper import Hold
from openclear.access.barrier.lines import close_in_order, is_closed, reset_at_close, unacknowledged
from openclear.vocabulary import clock
from openclear.vocabulary.errors import NotPossible

# For all of it, from name lookup to the receiver's last reply: as long as a slow reader of a page gets.
DELIVERY_SECONDS = 30.0
CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 0.01
_LAST_LINE = b".\r\n"
_SENTENCE = (
    "One of your alerts in OpenCLEAR has something new. Sign in to see it; nothing else is asked of you."
)
_FAULTS = (OSError, smtplib.SMTPException, http.client.HTTPException, ValueError)


class NotDelivered(NotPossible):
    """The receiver could not be reached, or did not confirm the message; delivery is tried again."""


class Delivery:
    """One message on its way. Entering opens the connection and sends nothing of the message yet."""

    def __init__(self, channel: str, address: str, secret: str) -> None:
        """`channel`: page, mail or webhook. `secret`: signs what a webhook gets."""
        self._channel, self._address, self._secret = channel, address, secret
        self._wire: socket.socket | None = None
        self._line: smtplib.SMTP | http.client.HTTPConnection | None = None
        self._hold: Hold | None = None
        self._is_over = Event()
        self._watchdog = Timer(DELIVERY_SECONDS, self._end)
        self._watchdog.daemon = True

    def __enter__(self) -> Self:
        """Open the connection. Raises NotDelivered."""
        self._watchdog.start()
        try:
            self._line = self._open()
        except _FAULTS as error:
            self._close()
            raise _not_delivered(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and release the lock."""
        self._close()

    def carry(self, hold: Hold) -> None:
        """Keep `hold` until the message has arrived, or its connection was reset because an order needs the lock."""
        self._hold = hold
        hold.carried_by(self._end)

    def send(self, alert: UUID, count: int, *, decide: Callable[[], object]) -> None:
        """Send the message; return when the receiver has confirmed it.

        `decide`: called before the last part is sent; an exception from it ends the delivery. Raises NotDelivered if
        the message is not accepted.
        """
        try:
            if isinstance(self._line, http.client.HTTPConnection):
                self._post(self._line, alert, count, decide)
            elif isinstance(self._line, smtplib.SMTP):
                self._mail(self._line, alert, decide)
            elif self._channel == "mail" and self._address:
                decide()
                _put_into_folder(self._letter(alert))
        except _FAULTS as error:
            raise _not_delivered(error) from None
        if self._wire:
            close_in_order(self._wire)

    def _open(self) -> smtplib.SMTP | http.client.HTTPConnection | None:
        if self._channel == "webhook":
            return self._called(self._address)
        server = urlsplit(settings.MAIL_SERVER)
        if self._channel != "mail" or not self._address or server.scheme != "smtp":
            return None
        line = smtplib.SMTP(timeout=DELIVERY_SECONDS)
        line.sock = self._connected(server.hostname or "", server.port or 25)
        self._line = line  # closed with this, regardless of the server
        _expect(2, line.getreply())
        line.ehlo_or_helo_if_needed()
        return line

    def _called(self, address: str) -> http.client.HTTPConnection:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme != "https":
            line = http.client.HTTPConnection(host, parts.port)
            line.sock = self._connected(host, parts.port or 80)
            return line
        line, context = http.client.HTTPSConnection(host, parts.port), ssl.create_default_context()
        line.sock = context.wrap_socket(self._connected(host, parts.port or 443), server_hostname=host)
        return line

    def _connected(self, host: str, port: int) -> socket.socket:
        connection = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
        connection.settimeout(DELIVERY_SECONDS)
        reset_at_close(connection)
        # Another descriptor of the same connection: it can be closed while TLS uses the first.
        self._wire = connection.dup()
        if self._is_over.is_set():
            raise TimeoutError
        return connection

    def _post(
        self, line: http.client.HTTPConnection, alert: UUID, count: int, decide: Callable[[], object]
    ) -> None:
        told = {"alert": str(alert), "new": count, "at": clock.stamp(clock.now())}
        body = json.dumps(told, sort_keys=True).encode()
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        parts = urlsplit(self._address)
        line.putrequest("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
        line.putheader("Content-Type", "application/json")
        line.putheader("Content-Length", str(len(body)))
        line.putheader("OpenCLEAR-Signature", f"sha256={signature}")
        decide()
        line.endheaders(body)  # in one call: nothing leaves before
        self._wait_for_arrival()
        with line.getresponse() as reply:
            _expect(2, (reply.status, b""))

    def _mail(self, line: smtplib.SMTP, alert: UUID, decide: Callable[[], object]) -> None:
        _expect(2, line.mail(settings.MAIL_FROM))
        _expect(2, line.rcpt(self._address))
        _expect(3, line.docmd("DATA"))
        # No line begins with a period, and the text ends with a newline.
        line.send(self._letter(alert).as_bytes(policy=SMTP_POLICY))
        # Without its last line an email is not complete (RFC 5321, 4.1.1.4).
        decide()
        line.send(_LAST_LINE)
        self._wait_for_arrival()
        _expect(2, line.getreply())

    def _letter(self, alert: UUID) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = (
            settings.MAIL_FROM,
            self._address,
            "OpenCLEAR alert",
        )
        letter["Message-ID"] = f"<{alert}.{clock.now().timestamp()}@openclear>"
        letter.set_content(_SENTENCE)
        return letter

    def _wait_for_arrival(self) -> None:
        # The receiver's reply may take its time: by then no lock is held.
        while self._wire and unacknowledged(self._wire):
            if is_closed(self._wire):
                raise ConnectionResetError
            if self._is_over.wait(_LOOK_SECONDS):
                raise TimeoutError
        if self._is_over.is_set():
            raise TimeoutError
        if self._hold:
            self._hold.release()

    def _end(self) -> None:
        # From any thread. The reader or writer wakes up and closes; only then the lock is released.
        self._is_over.set()
        if self._wire:
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        self._watchdog.cancel()
        for connection in (self._line, self._wire):
            if connection:
                with contextlib.suppress(*_FAULTS):
                    connection.close()
        if self._hold:
            self._hold.release(reset=self._line is not None)


def _expect(first: int, reply: tuple[int, bytes]) -> None:
    if reply[0] // 100 != first:
        raise smtplib.SMTPResponseException(*reply)


def _not_delivered(error: Exception) -> NotDelivered:
    return NotDelivered(f"An alert could not be delivered ({type(error).__name__}).")


def _put_into_folder(letter: EmailMessage) -> None:
    folder = settings.POLICE_FOLDER / "mail"
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / f"{clock.now():%Y%m%dT%H%M%S%f}-{letter['Message-ID'][1:37]}.eml").write_bytes(bytes(letter))
