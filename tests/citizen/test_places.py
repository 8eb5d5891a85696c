"""Finding a block by address, street and area on the public site, and what such a search must not tell."""

import re
from collections import Counter
from html import unescape
from urllib.parse import quote

import pytest

from openclear.citizen import places, queries
from openclear.records.incidents.models import Incident
from openclear.release.models import Edition, PublishedIncident
from openclear.vocabulary.blocks import number_of, street_of
from openclear.vocabulary.city import city

# The public site reads the folder `public/` alone, whichever database the officers' side has.
pytestmark = pytest.mark.anywhere


def newest():
    return [row.pk for row in Edition.objects.filter(withdrawn=None).order_by("-month")[:12]]


def published():
    rows = PublishedIncident.objects.filter(edition__in=newest()).exclude(block="")
    return Counter(rows.values_list("block", flat=True))


def found(site, text, more=""):
    page = site.page(f"/en/map/?q={quote(text)}{more}")
    part = re.search(r'<section aria-labelledby="found">.*?</section>', page, re.DOTALL)[0]
    return unescape(part), re.findall(r'\?block=[^"]*">([^<]+)</a>', part)


def test_an_address_finds_its_block_however_it_is_written(site):
    block = published().most_common(1)[0][0]
    number, street = number_of(block), street_of(block, city().formats.block)
    side, name = street.split(" ", 1)
    long = {"N": "North", "S": "South", "E": "East", "W": "West"}[side]
    for typed in (
        f"{number + 7} {street}",
        f"{number + 99} {long} {name.title()}",
        f"{number} {street.lower()}, Apt 2, Chicago, IL 60609",
        f"{number + 50} {street} Chicago IL 60609",
        block,
    ):
        text, blocks = found(site, typed)
        assert blocks == [block], typed
        assert "The block of this address" in text


def test_a_number_on_no_published_block_names_the_block_and_the_nearest(site):
    block = published().most_common(1)[0][0]
    street = street_of(block, city().formats.block)
    text, blocks = found(site, f"98765 {street}")
    assert f"Nothing is published for 987XX {street} in these months" in text
    assert "The nearest blocks of the same street" in text
    of_street = sorted(
        (name for name in published() if street_of(name, city().formats.block) == street), key=number_of
    )
    assert blocks == of_street[::-1][:6]


def test_a_search_by_house_number_tells_no_more_than_the_page_of_the_block(site):
    """A block with sensitive or withheld incidents alone is answered like a number that does not exist."""
    told = published()
    hidden = next(
        block
        for block in Incident.objects.order_by("block").values_list("block", flat=True)
        if block not in told and street_of(block, city().formats.block)
    )
    street = street_of(hidden, city().formats.block)
    number = number_of(hidden)
    nowhere = next(
        each
        for each in range(number, 99_900, 100)
        if not Incident.objects.filter(block__startswith=f"{each // 100:03d}XX", block__endswith=street).exists()
    )  # fmt: skip
    one, other = (found(site, f"{each} {street}") for each in (number, nowhere))
    assert hidden not in one[1]
    for text, each in ((one[0], number), (other[0], nowhere)):
        assert f"Nothing is published for {each // 100:03d}XX {street} in these months" in text
    assert "Nothing is published for this block" in site.page(f"/en/blocks/?block={quote(hidden)}")
    for address in (f"/map/blocks.geojson?q={quote(f'{number} {street}')}", f"/en/map/?q={quote(hidden)}"):
        assert f'"{hidden}"' not in site.ask(address).text.replace(f'value="{hidden}"', "")


def test_every_count_that_a_search_shows_is_the_count_of_the_block_page(site):
    for block, count in published().most_common(5):
        text, _ = found(site, block)
        assert re.search(rf"{block}</a> <span[^>]*>{count} incidents?<", text)
        page = site.page(f"/en/blocks/?block={quote(block)}")
        assert page.count('<span class="line small">') == count


def test_whole_words_of_an_address_come_before_beginnings_of_words():
    """In this process: the published blocks of one period, among them streets that begin alike."""
    rows = [
        PublishedIncident(edition_id=newest()[0], block=block, primary_type="THEFT", area=1, latitude=41.7, longitude=-87.5)
        for block in ("106XX S AVENUE L", "106XX S LAFAYETTE AVE", "106XX S STATE ST", "106XX S STATE LINE RD")
    ]  # fmt: skip
    PublishedIncident.objects.bulk_create(rows)
    try:
        for typed, block in (("10600 S Avenue L", "106XX S AVENUE L"), ("10621 S State St", "106XX S STATE ST"), ("10621 lafay", "106XX S LAFAYETTE AVE")):  # fmt: skip
            found = places.blocks_named(queries.period(), text=typed)
            assert ([row.block for row in found.blocks], found.is_there) == ([block], True)
    finally:
        PublishedIncident.objects.filter(block__startswith="106XX S ", area=1, hour=None).delete()


def test_an_area_is_found_by_its_name_its_number_and_the_beginning_of_its_words(site):
    for typed in ("Austin", "austin", "aust", "25", "the Austin"):
        text, _ = found(site, typed)
        assert '<a href="/en/areas/25/">Austin</a>' in text, typed
    text, blocks = found(site, "West Town")
    assert "West Town</a>" in text
    assert not blocks
    assert 'data-focus="24"' in site.page("/en/map/?q=West+Town")


@pytest.mark.parametrize("typed", ["Ashlnd Avenu", "zzz", "%", "_", "4721 Nowhere Blvd"])
def test_what_is_not_there_is_said(site, typed):
    text, blocks = found(site, typed)
    assert not blocks
    assert "No block and no area matches" in text or "Nothing is published for" in text


def test_names_of_streets_are_those_of_published_blocks(site):
    names = site.ask("/map/streets.geojson").json["features"]
    told = {street_of(block, city().formats.block) for block in published()}
    assert {row["properties"]["street"].upper() for row in names} <= told
    assert len(names) < len(published())
    points = {tuple(row["geometry"]["coordinates"]) for row in names}
    placed = PublishedIncident.objects.filter(edition__in=newest()).exclude(block="")
    assert points <= set(placed.values_list("longitude", "latitude"))


def test_links_keep_the_months(site):
    page = site.page("/en/map/?q=ave&since=2026-05")
    assert re.search(r'/en/blocks/\?block=[^"]*&amp;since=2026-05"', page)
    assert '/en/areas/25/?since=2026-05"' in page
