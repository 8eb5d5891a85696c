"""Queries on places in released data: areas, blocks, streets. All of it is public, so no grant is needed.

A search finds blocks among published incidents alone, by the words of their names. A house number only chooses the
name to look for: an address whose block shows nothing is answered like one that does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from openclear.citizen.addresses import SPELLINGS, Street, folded, readings
from openclear.citizen.queries import Period
from openclear.release.models import Outline, PublishedIncident
from openclear.vocabulary.blocks import beginnings, number_of, street_of
from openclear.vocabulary.city import city
from openclear.vocabulary.numbers import district_code

MOST_BLOCKS = 200
MOST_INCIDENTS = 500
NEAREST = 6


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Incidents of one area: None if there are too few of the type to show, or they are withheld."""

    code: int
    name: str
    incidents: int | None


@dataclass(frozen=True, slots=True)
class BlockCount:
    """Incidents of one block, at the point that represents it."""

    block: str
    area: int | None
    incidents: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks that a text matches, most incidents first. `others`: how many more match than are listed.

    `address`: the block of the house number in the text, as the city writes it, "" if the text has none. `is_there`:
    whether that block is listed; if it is not, `blocks` are the nearest of the same street.
    """

    blocks: Sequence[BlockCount]
    others: int = 0
    address: str = ""
    is_there: bool = False


def areas(during: Period, *, primary_type: str = "") -> list[AreaCount]:
    """Return the count of each area, of all types or of one, by name."""
    counts = dict(_rows(during, primary_type).values_list("area").annotate(n=Count("pk")))
    none = None if primary_type else 0
    return [
        AreaCount(int(row.code), row.name, counts.get(int(row.code), none))
        for row in Outline.objects.filter(kind=city().area_kind).order_by("name")
    ]


def area_codes() -> set[int]:
    """Return the numbers of the areas on the map."""
    return {
        int(code) for code in Outline.objects.filter(kind=city().area_kind).values_list("code", flat=True)
    }


def areas_named(found: Sequence[AreaCount], *, text: str) -> list[AreaCount]:
    """Return those of the areas whose name has a word that begins like each word of a text, or whose number it is."""
    words = folded(text).replace(",", " ").replace("-", " ").replace("'", "").removeprefix("THE ").split()
    return [
        row
        for row in found
        if words and (words == [str(row.code)] or all(_begins(row.name, word) for word in words))
    ]


def _begins(name: str, word: str) -> bool:
    return f" {word}" in f" {folded(name)}".replace("-", " ").replace("'", "")


def outline(*, code: int) -> Outline | None:
    """Return the outline of an area, or None."""
    # A district's code has leading zeros.
    codes = [str(code), district_code(str(code))]
    return Outline.objects.filter(kind=city().area_kind, code__in=codes).first()


def area(during: Period, *, code: int) -> tuple[list[tuple[str, int]], int]:
    """Return the counts of an area by type, and how many of its incidents are shown without a type."""
    rows = _rows(during, "").filter(area=code)
    counted = rows.exclude(primary_type="").values_list("primary_type").annotate(n=Count("pk")).order_by("-n")
    return list(counted), rows.filter(primary_type="").count()


def blocks_of_area(during: Period, *, code: int, primary_type: str = "") -> Blocks:
    """Return the blocks of an area, most incidents first."""
    return _most(_counted(_rows(during, primary_type).filter(area=code)))


def blocks_named(
    during: Period, *, text: str = "", code: int | None = None, primary_type: str = ""
) -> Blocks:
    """Return the blocks that a street or an address names, in the whole city or one area; all blocks without a text."""
    rows = _rows(during, primary_type)
    if code is not None:
        rows = rows.filter(area=code)
    if not text:
        return _most(_counted(rows))
    words = city().words_in("en")
    told = readings(text, places=(city().plate_state, words.city))
    for street in told:
        begun = [] if street.number is None else beginnings(city().formats.block_forms, street.number)
        # Of an address the whole words first: 10600 S Avenue L is not on Lafayette Ave.
        for whole in (True, False) if begun else (False,):
            if found := _counted(rows.filter(_named(street, whole=whole), _begun(begun))):
                return _most(found, address=found[0].block if begun else "", is_there=bool(begun))
    for street in told:
        if street.number is not None:
            return _nearest(_counted(rows.filter(_named(street))), street, street.number)
    return Blocks([])


def every_block(during: Period) -> list[BlockCount]:
    """Return all blocks of the city, most incidents first."""
    return _counted(_rows(during, ""))


def _nearest(found: list[BlockCount], street: Street, number: int) -> Blocks:
    # Of a street without this number.
    found.sort(key=lambda row: (abs(number_of(row.block) - number), row.block))
    return Blocks(found[:NEAREST], address=beginnings(city().formats.block_forms, number)[0] + street.name)


def _most(found: Sequence[BlockCount], *, address: str = "", is_there: bool = False) -> Blocks:
    return Blocks(found[:MOST_BLOCKS], max(len(found) - MOST_BLOCKS, 0), address, is_there)


def _named(street: Street, *, whole: bool = False) -> Q:
    wanted = Q()
    for word in street.words:
        spellings = SPELLINGS.get(word, (word,))
        if whole or len(spellings) > 1 or len(word) == 1:
            either = Q()
            for each in spellings:
                either |= Q(block__contains=f" {each} ") | Q(block__endswith=f" {each}")
        else:
            either = Q(block__contains=f" {word}") | Q(block__startswith=word)
        wanted &= either
    return wanted


def _begun(prefixes: Sequence[str]) -> Q:
    either = Q()
    for prefix in prefixes:
        either |= Q(block__startswith=prefix)
    return either


def _rows(during: Period, primary_type: str) -> "QuerySet[PublishedIncident]":
    wanted = Q(edition__in=during.editions) & (Q(primary_type=primary_type) if primary_type else Q())
    return PublishedIncident.objects.filter(wanted)


def _counted(rows: "QuerySet[PublishedIncident]") -> list[BlockCount]:
    # A block on a border may be in two areas: it is one block, in the area with most of its incidents.
    found = rows.exclude(block="").values("block", "area", "latitude", "longitude").annotate(n=Count("pk"))
    merged: dict[str, BlockCount] = {}
    for row in found.order_by("-n", "block"):
        held = merged.get(row["block"])
        count = row["n"] + (held.incidents if held else 0)
        place = held or BlockCount(row["block"], row["area"], 0, row["latitude"], row["longitude"])
        merged[row["block"]] = BlockCount(place.block, place.area, count, place.latitude, place.longitude)
    return sorted(merged.values(), key=lambda row: (-row.incidents, row.block))


def incidents_of_block(during: Period, *, block: str) -> tuple[list[PublishedIncident], int]:
    """Return the newest incidents of one block, and how many older ones are not among them."""
    rows = PublishedIncident.objects.filter(edition__in=during.editions, block=block)
    listed = list(rows.order_by("-hour", "primary_type")[:MOST_INCIDENTS])
    return listed, max(rows.count() - MOST_INCIDENTS, 0)


def address_example() -> str:
    """Return an address as a resident of this city types it."""
    formats = city().formats
    street = street_of(formats.block_example, formats.block)
    return f"{number_of(formats.block_example) + 21} {in_words(street)}"


def in_words(street: str) -> str:
    """Return a street in usual spelling: S ASHLAND AVE becomes S Ashland Ave, W 79TH ST becomes W 79th St."""
    return " ".join(word.capitalize() for word in street.split())
