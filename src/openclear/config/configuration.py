"""What an operator can set: one TOML file in the home folder, or `OPENCLEAR_*` variables, which win.

A name that is not in this list stops the program: a misspelled setting must never be silently ignored.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

FILE_NAME = "openclear.toml"
# Read elsewhere: the home folder, the profile for setting up a city, and the tokens of people who act on the command
# line.
OTHER_VARIABLES = {
    "OPENCLEAR_HOME", "OPENCLEAR_PUBLIC_FOLDER", "OPENCLEAR_TOKEN", "OPENCLEAR_APPROVER_TOKEN", "OPENCLEAR_CITY",
}  # fmt: skip

_CHOICES = {
    "public_site": ("auto", "external"),
    "sequencer": ("auto", "external"),
    "worker": ("auto", "external"),
    "tls": ("off", "proxy"),
}


def _setting(default: str | int, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Configuration:
    """Every setting with its default and its meaning (`docs/configuration.md` is made from this)."""

    home: Path = field(default=Path("var"), metadata={"meaning": "folder with all data of one city"})
    database: str = _setting("sqlite", "police records: `sqlite`, or a postgresql:// address")
    audit_database: str = _setting(
        "sqlite", "the log: `sqlite`, or a postgresql:// address of another database"
    )
    public_database: str = _setting(
        "sqlite", "what is public: `sqlite`, or a postgresql:// address of a third database"
    )
    host: str = _setting("127.0.0.1", "address that the officer site listens on")
    port: int = _setting(8000, "port of the officer site")
    allowed_hosts: str = _setting("127.0.0.1,localhost", "host names that the officer site answers to")
    public_host: str = _setting("127.0.0.1", "address that the public site listens on")
    public_port: int = _setting(8001, "port of the public site")
    public_allowed_hosts: str = _setting("127.0.0.1,localhost", "host names that the public site answers to")
    public_site: str = _setting(
        "auto", "`auto`: started with the server; `external`: a service under its own user"
    )
    workers: int = _setting(2, "processes of the officer site")
    threads: int = _setting(16, "requests that each process works on at once")
    tls: str = _setting(
        "off", "`off`: plain HTTP, for this machine only; `proxy`: behind a TLS proxy, secure cookies"
    )
    trusted_proxies: str = _setting(
        "127.0.0.1,::1",
        'addresses of the TLS proxies, separated by commas; only they may state the address of the client, and only with `tls = "proxy"`',
    )
    worker: str = _setting("auto", "`auto`: started with the server; `external`: a separate service")
    mail: str = _setting("folder", "alerts by mail: `folder` (police/mail), or smtp://host:port")
    mail_from: str = _setting("openclear@localhost", "sender of alerts by mail")
    webhook_targets: str = _setting("", "address prefixes that alerts may be sent to, separated by commas")
    lookups_on_a_case: int = _setting(
        40,
        "look-ups by one person on one case within an hour; more are a finding for oversight, and the person is told nothing",
    )
    sequencer: str = _setting("auto", "`auto`: started when needed; `external`: a service under its own user")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, file: Path | None = None) -> Self:
        """Return the configuration of this process.

        Raises WrongUsage for an unknown name or value. `file`: the public site's own file, because that process reads
        nothing outside its folder.
        """
        home = Path(environment.get("OPENCLEAR_HOME") or "var").absolute()
        values: dict[str, Any] = _from_file(file or home / FILE_NAME) | _from_environment(environment)
        known = {item.name: item for item in fields(cls) if item.name != "home"}
        for name in values:
            if name not in known:
                message = f"There is no setting '{name}'; the settings are {', '.join(sorted(known))}."
                raise WrongUsage(message)
        typed = {name: _typed(name, value, known[name].default) for name, value in values.items()}
        return cls(home=home, **typed)

    @property
    def police(self) -> Path:
        """The folder of the police database and the barrier's lock files."""
        return self.home / "police"

    @property
    def log(self) -> Path:
        """The folder of the log and its sequencer."""
        return self.home / "log"

    @property
    def public(self) -> Path:
        """The folder with everything that the public site may read."""
        return self.home / "public"

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.home / "keys"


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not a TOML file ({error}); correct it or remove it."
        raise WrongUsage(message) from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("OPENCLEAR_").lower(): value
        for name, value in environment.items()
        if name.startswith("OPENCLEAR_") and name not in OTHER_VARIABLES
    }


def _typed(name: str, value: object, default: object) -> Any:
    if isinstance(default, int):
        if not str(value).isdigit():
            message = f"The setting '{name}' is a whole number; '{value}' is not."
            raise WrongUsage(message)
        return int(str(value))
    if name in _CHOICES and value not in _CHOICES[name]:
        message = f"The setting '{name}' is {' or '.join(repr(choice) for choice in _CHOICES[name])}, not '{value}'."
        raise WrongUsage(message)
    return str(value)


@without_grant("sets a process up; reads no record")
def reference() -> str:
    """Return the table of settings as `docs/configuration.md` shows it."""
    rows = [
        f"| `{item.name}` | `{_default(item)}` | {item.metadata['meaning']} |"
        for item in fields(Configuration)
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def _default(item: Field[Any]) -> str:
    return f"{item.default}/" if item.name == "home" else str(item.default)
