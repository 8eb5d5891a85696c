"""Where an alert may be sent: addresses are normalized before they are compared. Pure (RFC 3986, 6.2.2)."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

_PORTS = {"http": 80, "https": 443}
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")
_IN_SEGMENT = "!$&'()*+,;=:@"
_NOT_ALLOWED = (
    "Alerts are sent only to addresses that the operator has allowed; ask the operator to allow yours."
)


class Target(NamedTuple):
    """An address in the normalized form that is compared and called. `path` begins with a slash and has no dot segments."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    def __str__(self) -> str:
        """Return the address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}{'?' if self.query else ''}{self.query}"

    def lies_under(self, allowed: "Target") -> bool:
        """Say whether this is `allowed`, or an address below it on the same host."""
        same_host = self[:3] == allowed[:3]
        return same_host and (
            self.path == allowed.path or self.path.startswith(allowed.path.rstrip("/") + "/")
        )


@without_grant("parses what was typed; reads nothing")
def check_target(address: str, allowed: Sequence[str]) -> str:
    """Return a webhook's address as it will be called. Raises WrongUsage unless the operator allowed it (AC-4)."""
    target = target_of(address)
    safe = target is not None and (target.scheme == "https" or target.host in _HERE)
    known = [one for one in map(target_of, allowed) if one is not None]
    if target is None or not safe or not any(target.lies_under(one) for one in known):
        raise WrongUsage(_NOT_ALLOWED)
    return str(target)


@without_grant("parses what was typed; reads nothing")
def target_of(address: str) -> Target | None:
    """Return an address in its normalized form, or None if it is not an address or is ambiguous."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    path = _plain_path(parts.path)
    if (
        parts.scheme not in _PORTS or "@" in parts.netloc or parts.fragment or path is None
        or not address.isascii() or not address.isprintable() or not _HOST.fullmatch(host) or not _QUERY.fullmatch(parts.query)
    ):  # fmt: skip
        return None
    return Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path, parts.query)


def _plain_path(path: str) -> str | None:
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        plain = unquote(segment, errors="replace")
        # A server that decodes twice, or reads these as a slash, would see another path than the one compared.
        if any(sign in plain for sign in "/\\%") or not plain.isprintable():
            return None
        name = plain.partition(";")[0]
        if name not in {".", ".."}:
            kept.append(quote(plain, safe=_IN_SEGMENT))
        elif name != plain:
            return None
        elif name == ".." and kept:
            kept.pop()
    if segments[-1] in {".", ".."} or not kept:
        kept.append("")
    return "/" + "/".join(kept)
