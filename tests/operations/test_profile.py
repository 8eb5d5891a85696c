"""A profile before it founds a city: what no city can be set up with is said before anything is made."""

import shutil
from pathlib import Path

import pytest

from openclear.access.registry.commands import NewOfficer
from openclear.operations.profile import check_profile, keep_profile
from openclear.vocabulary import clock
from openclear.vocabulary.city import choose_city, shipped_city
from openclear.vocabulary.errors import WrongUsage

pytestmark = pytest.mark.anywhere
LARKSPUR = Path(__file__).resolve().parents[1] / "profiles" / "larkspur"


@pytest.fixture
def profile(tmp_path):
    """A copy of the second city's profile, served by this process until the end of the test."""
    folder = Path(shutil.copytree(LARKSPUR, tmp_path / "larkspur"))
    yield folder
    choose_city(shipped_city())


def serve(folder, file, old, new):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    choose_city(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("city.toml", 'kind = "oversight"', 'kind = "oversigt"', "no kind of agency 'oversigt'"),
        ("city.toml", 'kind = "oversight"', 'kind = "oversight"\nphone = "1"', "has path, name, kind"),
        ("city.toml", '\nsealing = "ORS', '\nsailing = "ORS', "names no source 'sealing'"),
        ("offense_labels.csv", ",domestic,", ",domestick,", "no label 'domestick'"),
        ("offense_codes.csv", "code,primary_type", "kode,primary_type", "tables of offenses"),
        ("imports/incident-log.toml", "[columns]", "[column]", "there is no 'column'"),
        (
            "demo/demo.toml",
            "numbers_per_mile = ",
            'numbers_per_mile = "x" #',
            "grid.numbers_per_mile is a number",
        ),
        ("demo/demo.toml", "[story]", "[storey]", r"the table \[story\] is missing"),
        ("demo/demo.toml", "%06d", "", "numbers.incident has one place for a number"),
        ("demo/areas.csv", "0,0,1", "0,zero,1", "line 2: north is a whole number, not 'zero'"),
        ("demo/streets.csv", "name,runs,at", "name,runs", "line 2: the columns are name, runs, at"),
        ("demo/streets.csv", "ALDER ST,north-south,0", "ALDER ST", "line 2: the columns are name, runs, at"),
    ],
)
def test_what_no_city_can_be_set_up_with_is_one_sentence(profile, file, old, new, sentence):
    serve(profile, file, old, new)
    with pytest.raises(WrongUsage, match=sentence):
        check_profile([])


def test_founders_have_handles_of_their_own(profile):
    choose_city(profile)
    founder = NewOfficer("twin", "T", "", ("approver",), (("or.larkspur.police", "employer"),), clock.today())
    check_profile([founder])
    with pytest.raises(WrongUsage, match="Two founders are called twin"):
        check_profile([founder, founder])


def test_only_the_profile_itself_is_copied_to_where_everyone_reads_it(profile, tmp_path):
    (profile / "smtp-password").write_text("secret")
    (profile / "openclear.toml").write_text("")
    choose_city(profile)
    own = tmp_path / "public" / "city"
    own.mkdir(parents=True)
    (own / "left.toml").write_text("of a set-up that failed")
    keep_profile(own)
    copied = {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()}
    assert {"city.toml", "offense_labels.csv", "imports/incident-log.toml", "demo/demo.toml"} <= copied
    assert not {"smtp-password", "openclear.toml", "left.toml"} & copied
    (profile / "offense_more.csv").symlink_to("/etc/hostname")
    with pytest.raises(WrongUsage, match="is a link"):
        keep_profile(own)


def test_what_a_failed_set_up_copied_is_gone_where_the_shipped_profile_is_used(tmp_path):
    own = tmp_path / "city"
    own.mkdir()
    keep_profile(own)
    assert not own.exists()
