"""What the gate needs from rooms above it. They implement, `config` registers, a missing one stops the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Ground


class Grounds(Protocol):
    """Knows cases, dispatch events and warrants."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or None."""

    def follow(self, old: str, new: str) -> None:
        """Make what belongs to, or was shared with, an agency at `old` and below it be that of `new`."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing through which a person reaches the city.

    `asks`: data set and purpose of each ask that every use of it makes, none for a thing that serves any ask.
    """

    id: str
    holder: str
    asks: tuple[tuple[str, str], ...] = ()


class Holdings(Protocol):
    """Knows one kind of thing through which people reach the city: sessions, tokens, jobs, exports, alerts, links.

    `ends`: whether an order ends such things, or leaves them powerless.
    """

    target: str
    ends: bool

    def held(self) -> Sequence[Holding]:
        """Return each thing that would work now."""

    def end(self, held: Sequence[Holding]) -> None:
        """End these things for good. Ending one twice is harmless."""


class Copies(Protocol):
    """Keeps copies of records, or of the words that people asked with: files, hits, saved questions, links.

    `name`: what they are called in a receipt.
    """

    name: str

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End what holds one of these records, remove its copy, and return how many. Twice is harmless."""

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End what a person keeps with one of these words in it, remove the words, and return how many.

        `owner`: "" where nobody can be told from the entry any more; then what anyone keeps whose whole text is one of them.
        """


class Publication(Protocol):
    """Tells the public who has access and which orders are in force."""

    def publish(self) -> int:
        """Write what holds now into the public database and return the epoch that it shows after that, read back.

        Raises what the database raises where it cannot be reached.
        """


class Recovery(Protocol):
    """Completes what an act that died left in the log alone."""

    def catch_up(self) -> list[str]:
        """Complete it, within the lock of all acts, and return one sentence for each thing done."""


class Ports:
    """The implementations that this process runs with."""

    def __init__(self) -> None:
        """Begin with none."""
        self._grounds: Grounds | None = None
        self._publication: Publication | None = None
        self._recovery: Recovery | None = None
        self.reach: list[Holdings] = []
        self.copies: list[Copies] = []

    def register(
        self,
        grounds: Grounds,
        reach: Sequence[Holdings],
        publication: Publication,
        copies: Sequence[Copies],
        recovery: Recovery,
    ) -> None:
        """Set what the rooms above implement."""
        self._grounds, self.reach, self._publication = grounds, list(reach), publication
        self.copies, self._recovery = list(copies), recovery

    @property
    def publication(self) -> Publication:
        """The way to the public page. Raises NotPossible where nobody registered it."""
        if self._publication is None:
            message = "No room publishes orders; this process was not started by openclear."
            raise NotPossible(message)
        return self._publication

    @property
    def recovery(self) -> Recovery:
        """What completes an act that died. Raises NotPossible where nobody registered it."""
        if self._recovery is None:
            message = "Nobody completes what a crash broke off; this process was not started by openclear."
            raise NotPossible(message)
        return self._recovery

    @property
    def grounds(self) -> Grounds:
        """The records' knowledge of grounds. Raises NotPossible where nobody registered it."""
        if self._grounds is None:
            message = "No room answers for cases and warrants; this process was not started by openclear."
            raise NotPossible(message)
        return self._grounds


ports = Ports()
