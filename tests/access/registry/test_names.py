"""Nobody gets a handle or an agency a name that could be taken for another: letters that look alike, what cannot be seen."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.access.models import Agency, Officer
from openclear.access.registry import moves
from openclear.access.registry.commands import NewAgency, NewOfficer, check_new, register_agencies
from openclear.access.registry.names import look_of, plain_handle, plain_name
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from tests.cast import ADMINISTRATION, grant, signed_in

pytestmark = pytest.mark.anywhere

STRANGE = {
    "Cyrillic": ("\u0430dler", "CYRILLIC SMALL LETTER A), which looks like 'a'"),
    "Greek": ("n\u03bfvak", "GREEK SMALL LETTER OMICRON), which looks like 'o'"),
    "full width": ("\uff41dler", "FULLWIDTH LATIN SMALL LETTER A), another form of 'a'"),
    "ligature": ("\ufb01ona", "LATIN SMALL LIGATURE FI), another form of 'fi'"),
    "mathematical": ("\U0001d41adler", "MATHEMATICAL BOLD SMALL A), another form of 'a'"),
    "bidi": ("\u202eadler", "turns the text around (RIGHT-TO-LEFT OVERRIDE)"),
    "isolate": ("ad\u2066ler", "turns the text around (LEFT-TO-RIGHT ISOLATE)"),
    "invisible": ("ad\u200bler", "cannot be seen (ZERO WIDTH SPACE)"),
    "joiner": ("ad\u2060ler", "cannot be seen (WORD JOINER)"),
    "soft hyphen": ("ad\u00adler", "cannot be seen (SOFT HYPHEN)"),
    "control": ("ad\x07ler", "cannot be seen (U+0007)"),
    "private": ("ad\ue000ler", "cannot be seen (U+E000)"),
}


def key():
    return grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)


def account(handle, name="New Person", title=""):
    until = clock.today() + timedelta(days=30)
    return NewOfficer(handle, name, title, ("officer",), (("us.doj.fbi", "employer"),), until)


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_handle_is_refused_with_a_sentence_that_names_the_character(kind):
    strange, said = STRANGE[kind]
    with pytest.raises(WrongUsage) as refused:
        check_new(account(strange))
    assert said in str(refused.value)
    page = signed_in("novak").post(
        "/officers/request", {"handle": strange, "name": "N", "role": "officer", "agency": "us.doj.fbi"}
    )
    assert page.status_code == 400
    assert Officer.objects.filter(handle=strange).count() == 0


@pytest.mark.parametrize("kind", set(STRANGE) - {"Greek", "control"})
def test_a_strange_name_of_an_agency_or_a_person_is_refused(kind):
    strange = STRANGE[kind][0]
    with pytest.raises(WrongUsage):
        register_agencies(key(), agencies=[NewAgency("us.strange", f"Office of {strange}", "federal")])
    with pytest.raises(WrongUsage):
        moves.rename_agency(key(), agency="us.doj.atf", name=f"Office of {strange}")
    for told in ({"name": strange}, {"title": strange}):
        with pytest.raises(WrongUsage):
            check_new(account("newcomer", **told))
    assert not Agency.objects.filter(path="us.strange").exists()


@pytest.mark.parametrize("handle", ["Adler", "ADLER", " adler "])
def test_a_handle_is_taken_in_capital_letters_too(handle):
    with pytest.raises(NotPossible, match="The handle adler is taken"):
        check_new(account(handle))


@pytest.mark.parametrize("handle", ["ad1er", "AD1ER", "adier", "rnarsh", "0kafor"])
def test_a_handle_that_looks_like_another_is_refused(handle):
    with pytest.raises((NotPossible, WrongUsage)) as refused:
        check_new(account(handle))
    assert "could be taken for" in str(refused.value) or "beginning with a letter" in str(refused.value)


def test_a_name_of_an_agency_that_looks_like_another_is_refused_and_the_same_path_may_be_renamed():
    known = Agency.objects.get(path="us.doj.fbi").name
    for other in (known.upper(), known.replace("I", "l", 1), known.replace("o", "0", 1)):
        with pytest.raises(NotPossible, match="could be taken for"):
            register_agencies(key(), agencies=[NewAgency("us.doj.lookalike", other, "federal")])
    moves.rename_agency(key(), agency="us.doj.fbi", name=known.upper())
    moves.rename_agency(key(), agency="us.doj.fbi", name=f"  {known} ")
    assert Agency.objects.get(path="us.doj.fbi").name == known


@pytest.mark.parametrize(
    "name",
    [
        "Polic\u00eda Nacional",
        "Sheriff's Office \u2013 Cook County",
        "Police (9th District)",
        "\u4eac\u90fd\u5e9c\u8b66\u5bdf",
    ],
)
def test_an_ordinary_name_is_kept_as_it_is(name):
    assert plain_name(f"  {name}\u00a0", "The name") == name


def test_letters_of_two_alphabets_are_refused_and_said():
    said = "mixes alphabets: it has '\u043e' (CYRILLIC SMALL LETTER O), which looks like 'o'"
    with pytest.raises(WrongUsage, match=re.escape(said)):
        plain_name("P\u043elice", "The agency's name")


@given(text=st.text(max_size=45))
def test_whatever_is_typed_a_handle_is_plain_or_refused(text):
    said = ""
    try:
        handle = plain_handle(text)
    except WrongUsage as refused:
        handle, said = "", str(refused)
    assert said.isprintable()
    assert not handle or (handle.isascii() and handle == handle.casefold() == plain_handle(handle))


@given(text=st.text(max_size=45))
def test_what_looks_alike_is_found_from_both_sides(text):
    assert look_of(text) == look_of(text.casefold()) == look_of(look_of(text)) or not text.isascii()
