"""The city's tables of handling labels: reviewed as data, and what becomes of an offense that no row decides."""

import csv
from collections import Counter
from importlib import resources

import pytest

from openclear.sources.synthetic.offense_mix import kinds
from openclear.vocabulary.handling import CODES, WORDINGS, handling_of, offense_table, read_offense_table
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import offense_codes

pytestmark = pytest.mark.anywhere

CHILD, ASSAULT, HOME, VICTIM = Label.JUVENILE, Label.SEXUAL_ASSAULT, Label.DOMESTIC, Label.VICTIM
# A second, small city with words of its own.
SMALL = read_offense_table(
    "code,primary_type,labels,reason\n1,QUARREL,,shouting\n2,QUARREL,domestic,at home\n3,HARM,juvenile victim,a child\n4,LITTER,,paper\n",
    "primary_type,words,labels,reason\n*,CHILD,juvenile,a child\nQUARREL,KITCHEN,domestic,at home\nQUARREL,LOUD STREET,,shouting\nLITTER,,,paper\n",
)


def rows(name):
    text = resources.files("openclear").joinpath("cities", "chicago", name).read_text()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", [CODES, WORDINGS])
def test_each_row_has_a_reason_of_its_own_words(name):
    for row in rows(name):
        assert len(row["reason"].split()) >= 3, row
        assert row["reason"][0].isupper()
        assert not row["reason"].endswith(".")
    keys = Counter(tuple(value for key, value in row.items() if key != "reason") for row in rows(name))
    assert [key for key, count in keys.items() if count > 1] == []


def test_each_code_stands_once_with_four_characters():
    codes = [row["code"] for row in rows(CODES)]
    assert len(codes) == len(set(codes)) > 400
    assert {len(code) for code in codes} == {4}


def test_a_label_that_does_not_exist_is_no_table():
    with pytest.raises(KeyError):
        read_offense_table("code,primary_type,labels,reason\n1,A,secret,because\n", "")


def test_the_codes_that_the_house_knows_are_all_decided():
    for code in offense_codes().values():
        assert handling_of(code.code, code.primary_type, code.description).decided, code
    assert all(kind.iucr in offense_table().codes for kind in kinds())


@pytest.mark.parametrize(
    ("iucr", "kind", "words", "labels"),
    [
        ("1753", "OFFENSE INVOLVING CHILDREN", "SEXUAL ASSAULT OF CHILD BY FAMILY MEMBER", CHILD | ASSAULT | HOME),
        ("", "OFFENSE INVOLVING CHILDREN", "SEX ASSLT OF CHILD BY FAM MBR", CHILD | ASSAULT | HOME),
        ("1563", "SEX OFFENSE", "CRIMINAL SEXUAL ABUSE", ASSAULT),
        ("", "SEX OFFENSE", "AGGRAVATED CRIMINAL SEXUAL ABUSE", ASSAULT),
        ("0486", "BATTERY", "DOMESTIC BATTERY SIMPLE", HOME),
        ("", "battery", "Aggravated Domestic Battery: handgun", HOME),
        ("0460", "BATTERY", "SIMPLE", NO_LABEL),
        ("", "BATTERY", "AGG: HANDS/FIST/FEET NO/MINOR INJURY", NO_LABEL),
        ("1582", "OFFENSE INVOLVING CHILDREN", "CHILD PORNOGRAPHY", CHILD | ASSAULT),
        ("1792", "KIDNAPPING", "CHILD ABDUCTION / STRANGER", CHILD),
        ("0266", "CRIMINAL SEXUAL ASSAULT", "PREDATORY", CHILD | ASSAULT),
        ("", "CRIM SEXUAL ASSAULT", "PREDATORY", CHILD | ASSAULT),
        ("2220", "LIQUOR LAW VIOLATION", "ILLEGAL POSSESSION BY MINOR", CHILD),
        ("", "THEFT", "ANYTHING AT ALL", NO_LABEL),
    ],
)  # fmt: skip
def test_an_offense_has_the_labels_of_its_code_or_of_its_words(iucr, kind, words, labels):
    handling = handling_of(iucr, kind, words)
    assert handling.labels == labels
    assert handling.decided


def test_where_code_and_words_disagree_the_labels_of_both_count():
    assert handling_of("0460", "BATTERY", "DOMESTIC BATTERY SIMPLE").labels == HOME
    assert handling_of("1753", "BATTERY", "SIMPLE").labels == CHILD | ASSAULT | HOME


def test_an_unknown_code_is_the_most_sensitive_of_its_type_whatever_its_words_say():
    handling = handling_of("0999", "BATTERY", "SIMPLE")
    assert not handling.decided
    assert handling.labels == CHILD | VICTIM | HOME
    assert handling_of("0899", "THEFT", "FROM A BOAT").labels == NO_LABEL
    assert not handling_of("0899", "THEFT", "FROM A BOAT").decided
    every = handling_of("0999", "A TYPE THAT NOBODY KNOWS", "SIMPLE")
    assert every.labels == CHILD | VICTIM | HOME | ASSAULT
    assert not every.decided


def test_words_that_nobody_knows_are_the_most_sensitive_of_their_type():
    for words in ("AGGRAVATED DMSTC BATTERY: HANDGUN", "", "UNCLEAR"):
        handling = handling_of("", "BATTERY", words)
        assert not handling.decided, words
        assert handling.labels == CHILD | VICTIM | HOME
    assert handling_of("", "SEX OFFENSE", "UNCLEAR").labels == CHILD | ASSAULT | HOME


def test_a_second_city_has_tables_of_its_own():
    assert SMALL.handling_of("1", "QUARREL", "").labels == NO_LABEL
    assert SMALL.handling_of("", "QUARREL", "LOUD, STREET").decided
    assert SMALL.handling_of("", "QUARREL", "LOUD CELLAR").labels == HOME
    assert SMALL.handling_of("9", "HARM", "").labels == CHILD | VICTIM
    assert SMALL.handling_of("", "LITTER", "WHATEVER") == handling_of("", "THEFT", "WHATEVER")
    assert SMALL.handling_of("", "LITTER", "IN A CHILD'S ROOM").labels == CHILD
