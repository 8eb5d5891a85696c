"""How an alert is told: on the page, by mail, or to a webhook that the operator allowed. Never with a record in it."""

import hashlib
import hmac
import http.client
import json
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from openclear.vocabulary import clock
from openclear.vocabulary.errors import NotPossible

CONNECT_SECONDS = 5.0
# Sent under the barrier, so an order waits no longer than this for a receiver that does not take it.
SEND_SECONDS = 0.4
_SENTENCE = (
    "One of your alerts in OpenCLEAR has something new. Sign in to see it; you are asked for nothing else."
)


class NotDelivered(NotPossible):
    """The receiver could not be reached, or did not take the message; it is tried again."""


class Delivery:
    """One message on its way. Entering opens the line, which may take seconds; sending then takes none."""

    def __init__(self, channel: str, address: str, secret: str) -> None:
        """`channel`: page, mail or webhook. `secret`: signs what a webhook is told."""
        self._channel, self._address, self._secret = channel, address, secret
        self._line: smtplib.SMTP | http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        """Open the line. Raises NotDelivered."""
        try:
            self._line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"An alert could not be delivered ({type(error).__name__}).") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the line."""
        if self._line:
            self._line.close()

    def send(self, alert: UUID, count: int) -> None:
        """Send the message. Raises NotDelivered where it is not taken."""
        try:
            if self._channel == "webhook":
                self._post(alert, count)
            elif self._channel == "mail" and self._address:
                self._mail(alert)
        except (OSError, smtplib.SMTPException, http.client.HTTPException) as error:
            raise NotDelivered(f"An alert could not be delivered ({type(error).__name__}).") from None

    def _open(self) -> smtplib.SMTP | http.client.HTTPConnection | None:
        if self._channel == "webhook":
            return _connected(self._address)
        server = urlsplit(settings.MAIL_SERVER)
        if self._channel != "mail" or server.scheme != "smtp":
            return None
        line = smtplib.SMTP(server.hostname or "", server.port or 25, timeout=CONNECT_SECONDS)
        line.ehlo()
        if line.sock:
            line.sock.settimeout(SEND_SECONDS)
        return line

    def _post(self, alert: UUID, count: int) -> None:
        told = {"alert": str(alert), "new": count, "at": clock.stamp(clock.now())}
        body = json.dumps(told, sort_keys=True).encode()
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "OpenCLEAR-Signature": f"sha256={signature}"}
        line = self._line
        if isinstance(line, http.client.HTTPConnection):
            line.request("POST", urlsplit(self._address).path or "/", body, headers)

    def _mail(self, alert: UUID) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = settings.MAIL_FROM, self._address, "OpenCLEAR alert"
        letter["Message-ID"] = f"<{alert}.{clock.now().timestamp()}@openclear>"
        letter.set_content(_SENTENCE)
        if isinstance(self._line, smtplib.SMTP):
            self._line.send_message(letter)
            return
        folder = settings.POLICE_FOLDER / "mail"
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / f"{clock.now():%Y%m%dT%H%M%S%f}-{alert}.eml").write_bytes(bytes(letter))


def _connected(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    line = (
        http.client.HTTPSConnection(
            host, parts.port, timeout=CONNECT_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)
    )
    line.connect()
    line.sock.settimeout(SEND_SECONDS)
    return line
