"""How often an agency was answered and refused: counted under its path at the time, and reported under its later paths."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from openclear.audit.proof.headers import Header
from openclear.audit.proof.lineage import Lineage, links
from openclear.audit.proof.orders import AFTER, BEFORE, UNDER, OrderBook

COUNTED = {"allow": "allowed", "deny": "refused", "error": "errors"}
PHASES = (BEFORE, UNDER, AFTER)
# Requests of one kind: the agencies of the requester, the era of the tree, the outcome, the month, and how each of
# the agencies and those above them was affected by orders.
_Kind = tuple[tuple[str, ...], int, str, str, tuple[str, ...]]
_GRAVEST = (UNDER, AFTER, BEFORE)


class Tally:
    """Every decided request of a log, by requester."""

    def __init__(self) -> None:
        """Start with none."""
        self.lineage = Lineage()
        self._asks: Counter[_Kind] = Counter()

    def take(self, header: Header, book: OrderBook) -> None:
        """Count the next header under the current orders of `book`, which must not have processed it yet."""
        word = COUNTED.get(header["decision"])
        if word is not None:
            agencies = tuple(header["agencies"])
            dataset, purpose = header["dataset"], header["purpose"]
            phases = tuple(book.phase(path, dataset, purpose) for path in _sorted_links(agencies))
            self._asks[agencies, self.lineage.era, word, header["hour"][:7], phases] += 1
        self.lineage.apply(header)

    def paths(self) -> list[str]:
        """Return the paths of every agency that asked, of those above them, and every path that these ever had."""
        asked = {path for agencies, *_ in self._asks for path in links(agencies)}
        return sorted({each for path in asked for each in self.lineage.along(path)})

    def counts(self, paths: Iterable[str]) -> dict[str, Counter[tuple[str, str]]]:
        """Return for each path how often its agency, with everything that belongs to it, had each outcome in each phase."""
        found: dict[str, Counter[tuple[str, str]]] = {path: Counter() for path in paths}
        for path, (_, _, word, _, _), phase, number in self._told(found):
            found[path][word, phase] += number
        return found

    def months(self, paths: Iterable[str]) -> Counter[tuple[str, str, str]]:
        """Return how often the agencies of `paths` had each outcome in each month, by (path, month, outcome)."""
        found: Counter[tuple[str, str, str]] = Counter()
        for path, (_, _, word, month, _), _, number in self._told(paths):
            found[path, month, word] += number
        return found

    def _told(self, paths: Iterable[str]) -> Iterator[tuple[str, _Kind, str, int]]:
        reach = _Reach(self.lineage, paths)
        for kind, number in self._asks.items():
            agencies, era, _, _, phases = kind
            standing = dict(zip(_sorted_links(agencies), phases, strict=True))
            # For an agency that was elsewhere in the tree at the time, its state there counts.
            own = next(
                (phase for phase in _GRAVEST if any(standing[each] == phase for each in agencies)), BEFORE
            )
            for path, then in reach.of(agencies, era):
                yield path, kind, standing.get(then, own), number


class _Reach:
    """Which of some agencies a request counts for, and the path of each at that time."""

    def __init__(self, lineage: Lineage, paths: Iterable[str]) -> None:
        self._lineage = lineage
        self._at: defaultdict[str, set[str]] = defaultdict(set)
        self._now: defaultdict[str, set[str]] = defaultdict(set)
        self._known: dict[Any, list[tuple[str, str]]] = {}
        for path in set(paths):
            self._now[lineage.at(path, lineage.era)].add(path)
            for place in lineage.places(path):
                self._at[place].add(path)

    def of(self, agencies: tuple[str, ...], era: int) -> list[tuple[str, str]]:
        if (agencies, era) not in self._known:
            ends = links(self._lineage.later(path, era) for path in agencies)
            parts = {part for path in agencies for part in self._lineage.split_off(path, era)}
            told = {path for end in ends for path in self._at.get(end, ())}
            told |= {path for part in parts for path in self._now.get(part, ())}
            self._known[agencies, era] = [(path, self._lineage.at(path, era)) for path in sorted(told)]
        return self._known[agencies, era]


@cache
def _sorted_links(agencies: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(links(agencies)))
