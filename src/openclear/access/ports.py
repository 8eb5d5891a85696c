"""What the gate needs from rooms above it. They implement it, `config` registers it; a missing one stops the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Ground


class Grounds(Protocol):
    """Knows cases, dispatch events and warrants."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number or id, or None."""

    def follow(self, old: str, new: str) -> None:
        """Give everything of an agency at `old` or below it, owned or shared with it, to `new`."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing through which a person reaches the city.

    `asks`: data set and purpose of each request that every use of it makes, none if it serves any request.
    """

    id: str
    holder: str
    asks: tuple[tuple[str, str], ...] = ()


class Holdings(Protocol):
    """Knows one kind of holding through which people reach the city: sessions, tokens, jobs, exports, alerts, links.

    `ends`: whether an order ends such holdings, or leaves them powerless.
    """

    target: str
    ends: bool

    def held(self) -> Sequence[Holding]:
        """Return each holding that would work now."""

    def end(self, held: Sequence[Holding]) -> None:
        """End these for good. Ending one twice is harmless."""


class Copies(Protocol):
    """Keeps copies of records, or of the words that people searched for: files, hits, saved questions, links.

    `name`: what they are called in a receipt.
    """

    name: str

    def forget_records(self, records: Sequence[UUID]) -> int:
        """End what contains one of these records, remove its copy, and return how many. Twice is harmless."""

    def forget_words(self, owner: str, words: Sequence[str]) -> int:
        """End what a person keeps with one of these words in it, remove the words, and return how many.

        `owner`: "" if the entry no longer tells; then what anyone keeps whose whole text is one of them.
        """


class Publication(Protocol):
    """Tells the public who has access and which orders are in force."""

    def publish(self) -> int:
        """Write what is in force into the public database and return the epoch that it shows after that, read back.

        Raises what the database raises if it cannot be reached.
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
        """The way to the public page. Raises NotPossible if nobody registered it."""
        if self._publication is None:
            message = "Nothing in this process publishes orders; it was not started by openclear."
            raise NotPossible(message)
        return self._publication

    @property
    def recovery(self) -> Recovery:
        """What completes an act that died. Raises NotPossible if nobody registered it."""
        if self._recovery is None:
            message = (
                "Nothing in this process completes what a crash interrupted; it was not started by openclear."
            )
            raise NotPossible(message)
        return self._recovery

    @property
    def grounds(self) -> Grounds:
        """The records' knowledge of grounds. Raises NotPossible if nobody registered it."""
        if self._grounds is None:
            message = "Nothing in this process knows cases and warrants; it was not started by openclear."
            raise NotPossible(message)
        return self._grounds


ports = Ports()
