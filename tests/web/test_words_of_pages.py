"""What pages say: times with the name of the city's zone, every text and every value in Spanish, and no style of their own."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from openclear.audit.filtering import KINDS
from openclear.audit.proof.headers import DECISIONS_OF_KIND
from openclear.config.warming import load_what_pages_need
from openclear.sources.synthetic import people as invented
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import shipped_city
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.profile_file import read_city
from openclear.vocabulary.recorded import in_language
from openclear.web.data_words import COLORS, ENTRY_KINDS, EYES, HAIR, LABELS, OBJECTS, VERBS
from openclear.web.templatetags.moments import at, clock_at, entry_at, exactly_at, in_hour, zone_of
from tests.architecture.test_house import catalog
from tests.cast import CRIME, open_case, signed_in

pytestmark = pytest.mark.anywhere

WEB = Path(__file__).resolve().parents[2] / "src" / "openclear" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CLOCK = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d")
NAMED = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d\.\d\d|-\d\d:\d\d)? C[DS]T\b")


# --- times


def test_a_time_is_the_citys_with_the_name_of_its_zone_in_summer_and_winter():
    summer, winter = datetime(2026, 6, 9, 21, 13, tzinfo=UTC), datetime(2026, 1, 9, 22, 13, tzinfo=UTC)
    assert ">2026-06-09 16:13 CDT<" in at(summer)
    assert ">2026-01-09 16:13 CST<" in at(winter)
    assert 'datetime="2026-06-09T16:13:00-05:00"' in at(summer)
    assert ">16:13 CDT<" in clock_at(summer)
    assert at(None) == clock_at(None) == ""


def test_the_time_of_an_entry_is_exact_and_its_hour_is_a_whole_hour():
    assert ">2026-11-23 06:00:05.07 CST<" in exactly_at("2026-11-23T12:00:05.07Z")
    assert ">2026-11-23 06:00-06:59 CST<" in in_hour("2026-11-23T12Z")
    assert (exactly_at("unknown"), in_hour("unknown")) == ("unknown", "unknown")


def test_an_entry_without_a_body_tells_its_hour():
    class Row:
        def __init__(self, **body):
            self.body, self.header = body, {"hour": "2026-11-23T12Z"}

    assert "06:00-06:59" in entry_at(Row())
    assert "06:00:05.07" in entry_at(Row(time="2026-11-23T12:00:05.07Z"))


def test_a_zone_without_a_name_is_named_by_its_distance(monkeypatch):
    from zoneinfo import ZoneInfo

    monkeypatch.setattr(
        "openclear.web.templatetags.moments.city",
        lambda: type("C", (), {"zone": ZoneInfo("America/Sao_Paulo")}),
    )
    assert zone_of(datetime(2026, 6, 9, tzinfo=UTC)) == "UTC-03"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_writes_a_time_without_its_zone(path):
    assert not re.search(r'date:"[^"]*[HhGgis]', path.read_text()), "use the filters of `moments`"


def test_every_time_on_the_pages_has_its_zone():
    found = 0
    for text in pages():
        for time in CLOCK.finditer(text):
            assert NAMED.match(text, time.start()), text[time.start() : time.start() + 60]
            found += 1
    assert found > 30


def pages():
    client, why = signed_in("rivera"), {"purpose": CRIME, "case": open_case()}
    for kind, words in (("people", "garcia"), ("incidents", "04"), ("arrests", "CB9"), ("vehicles", "OC")):
        text = client.get("/search", {"q": words, "kind": kind} | why).content.decode()
        yield text
        yield client.get(re.search(rf"/{kind}/[0-9a-f-]{{36}}", text)[0], why).content.decode()
    for address in ("/", "/cases", "/saved", "/searches", "/log", "/account/tokens"):
        yield client.get(address).content.decode()
    for officer, address in (("okafor", "/log"), ("novak", "/orders"), ("novak", "/officers")):
        yield signed_in(officer).get(address).content.decode()


# --- Spanish


def texts_of_templates():
    for path in TEMPLATES:
        text = path.read_text()
        for _quote, said in re.findall(r"{%\s*translate\s+([\"'])(.*?)\1", text):
            yield said
        for said in re.findall(r"{%\s*blocktranslate\b.*?%}(.*?){%\s*endblocktranslate", text, re.DOTALL):
            first = re.split(r"{%\s*plural\s*%}", said)[0].replace("%", "%%")
            yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", first)


def texts_of_modules():
    for path in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                place = {"_": 0, "gettext": 0, "gettext_lazy": 0, "pgettext_lazy": 1}.get(node.func.id)
                if place is not None and isinstance(node.args[place], ast.Constant):
                    yield node.args[place].value


def test_every_text_of_the_pages_is_in_the_spanish_catalog():
    translated = {message for message, entry in catalog("web").items() if entry.string}
    said = {*texts_of_templates(), *texts_of_modules()}
    assert len(said) > 400
    assert not said - translated


def test_every_act_label_and_color_has_its_words():
    for action in Action:
        noun, _, verb = action.partition(".")
        assert (noun in OBJECTS, verb in VERBS) == (True, True), action
    assert set(ENTRY_KINDS) == set(DECISIONS_OF_KIND)
    assert all(ENTRY_KINDS[kind] == words for kind, words in KINDS.items())
    assert {label_name(label) for label in Label} <= set(LABELS)
    assert {*invented._HAIR, "GRAY", "BALD"} <= set(HAIR)
    assert set(invented._EYES) <= set(EYES)
    assert {color.upper() for color in invented._COLORS} <= set(COLORS)


def test_the_offenses_of_the_profile_are_shown_in_spanish_and_stay_as_recorded_in_english():
    assert in_language("THEFT: OVER $500", "es") == "HURTO: OVER $500"
    assert in_language("Theft: over $500", "es-mx") == "Hurto: over $500"
    assert in_language("parking lot/garage(non.resid.)", "es") == "estacionamiento no residencial"
    assert in_language("THEFT: OVER $500", "en") == "THEFT: OVER $500"
    assert in_language("720 ILCS 5/16-25 THEFT: RETAIL THEFT", "es") == "720 ILCS 5/16-25 HURTO: RETAIL THEFT"
    assert in_language("720 ILCS 5/19-1(a) BURGLARY", "es") == "720 ILCS 5/19-1(a) ROBO EN INMUEBLE"
    assert in_language("NO SUCH THING", "es") == "NO SUCH THING"
    profile = read_city(shipped_city())
    known = {row["recorded"] for row in profile.table("recorded_words_es.csv")}
    for table in ("offense_codes.csv", "offense_labels.csv"):
        assert not {row["primary_type"] for row in profile.table(table)} - known


def test_values_of_records_are_in_spanish_on_the_pages():
    client = signed_in("rivera")
    client.cookies["django_language"] = "es"
    found = client.get(
        "/search", {"q": "garcia", "kind": "people", "purpose": CRIME, "case": open_case()}
    ).content.decode()
    assert re.search(
        r"(cabello (negro|castaño|rubio|canoso|pelirrojo|calvo)|ojos (azules|cafés|verdes))", found
    )
    assert not re.search(r"\b(brown|black|hazel|blonde|male|female)\b", re.sub(r"<[^>]*>", " ", found))
    cases = client.get("/cases").content.decode()
    assert not re.search(r">(case|warrant|dispatch event)<", cases)
    translation.deactivate()


# --- style


def test_no_template_styles_itself_against_our_own_policy():
    for path in TEMPLATES:
        assert not re.search(r"<style|\sstyle=", path.read_text()), path


def test_no_script_writes_a_style_into_the_page():
    """Charts say their figures under the pointer on the canvas: as HTML they would come with a style of their own."""
    for path in sorted((WEB / "static" / "web").glob("*.js")):
        text = path.read_text()
        assert not re.search(r"style=|<style|cssText|insertAdjacentHTML|innerHTML", text), path
        for told in re.findall(r"tooltip\b(?: =|:) ({.*?})", text):
            assert "renderMode" in told or "...tooltip" in told, told


def test_no_page_styles_itself_against_our_own_policy():
    client = signed_in("rivera")
    addresses = ["/account/", "/account/two-factor/", "/account/password", "/account/tokens", "/sign-in"]
    for text in [*pages(), *(client.get(address, follow=True).content.decode() for address in addresses)]:
        assert not re.search(r"<style|\sstyle=", text)


# --- the first page


def test_the_first_page_finds_everything_compiled():
    from django.template import engines

    load_what_pages_need()
    engine = engines["django"].engine
    cached = engine.template_loaders[0].get_template_cache
    for path in TEMPLATES:
        name = path.relative_to(WEB / "templates").as_posix()
        assert any(key.startswith(name) for key in cached), name
