"""What is asked of the public site: every route takes the parameters it names and refuses everything else in a sentence."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

# The public site reads the folder `public/` alone, whichever database the officers' side has.
pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parents[2]
LIST = (ROOT / "docs" / "public-routes.md").read_text().partition("## The public site")[2]
# Each route with the parameters that it takes, as the list of public routes says.
ROUTES = {
    route: re.findall(r"`(\w+)`", parameters)
    for route, parameters in re.findall(r"^\| `(/[^`]*)` \| ([^|]*) \|", LIST, re.MULTILINE)
}
NEEDED = {"/en/blocks/": "block=047XX+S+ASHLAND+AVE"}
WRONG = {
    "q": ["x" * 81, "a\x00b", "a\u202eb"],
    "type": ["XYZ", "'; --", "%"],
    "since": [
        "abc",
        "2020-99",
        "2020",
        "2026-05-01",
        "0000-01",
        "\u0662\u0660\u0662\u0666-\u0660\u0665",
        "2026-5",
    ],
    "until": ["abc", "2020-99"],
    "area": ["9999", "x", "²", "-1", "999999999999999999999"],
    "block": ["4721 S ASHLAND AVE", "x", "047XX ", "\x00"],
}


def addresses():
    from openclear.citizen.routes import urlpatterns

    for item in urlpatterns:
        for pattern in getattr(item, "url_patterns", [item]):
            yield ("/en/" if item is not pattern else "/") + str(pattern.pattern), pattern.name


def test_every_route_is_on_the_list_with_its_parameters():
    from openclear.citizen import routes

    told = set()
    for pattern in routes.urlpatterns:
        inner = getattr(pattern, "url_patterns", None)
        told |= {"/en/" + str(each.pattern) for each in inner} if inner else {"/" + str(pattern.pattern)}
    told = {re.sub(r"<\w+:(\w+)>", r"<\1>", route) for route in told}
    assert told == set(ROUTES)


def concrete(site, route):
    edition = re.search(r"/editions/([\d.-]+)/manifest.json", site.page("/en/data/"))[1]
    return route.replace("<name>", edition).replace("<file>", "manifest.json").replace("<code>", "25")


def refused(site, address, sentence):
    answer = site.ask(address)
    assert answer.status == 400, (address, answer.status)
    assert answer.headers["Content-Type"] in {"text/html; charset=utf-8", "application/problem+json"}
    told = unescape(answer.text) if "html" in answer.headers["Content-Type"] else answer.json["detail"]
    assert re.search(sentence, told), (address, told)
    return answer


@pytest.mark.parametrize("route", ROUTES)
def test_a_parameter_that_a_route_does_not_have_is_refused_in_both_languages(site, route):
    path = concrete(site, route)
    needed = NEEDED.get(path, "")
    for name in ("typ", "page", *(set(WRONG) - set(ROUTES[route]))):
        refused(site, f"{path}?{needed}&{name}=1", f"“{name}”")
    if path.startswith("/en/"):
        answer = site.ask(f"{path.replace('/en/', '/es/')}?{needed}&typ=1")
        assert (answer.status, "No se entiende esta pregunta" in answer.text) == (400, True)
    fine = site.ask(f"{path}?{needed}&utm_source=x&fbclid=y")
    assert fine.status in {200, 302, 404}, "what other sites add is not read"


@pytest.mark.parametrize("route", ROUTES)
def test_a_value_that_is_not_understood_is_refused_and_stays_in_the_form(site, route):
    path = concrete(site, route)
    for name in ROUTES[route]:
        needed = NEEDED.get(path, "") if name != "block" else ""
        for value in WRONG[name]:
            answer = refused(site, f"{path}?{needed}&{name}={quote(value)}", r"\w+ .*[.;]")
            if "html" in answer.headers["Content-Type"] and value.isprintable():
                assert f'value="{value[:80]}' in unescape(answer.text), (path, name, value)
        good = quote({"q": "79TH", "type": "THEFT", "since": "2026-01", "until": "2026-01", "area": "25", "block": "047XX S ASHLAND AVE"}[name])  # fmt: skip
        refused(site, f"{path}?{needed}&{name}={good}&{name}={good}", f"“{name}” is there more than once")
        assert site.ask(f"{path}?{needed}&{name}={good}").status == 200
        if name != "block":
            assert site.ask(f"{path}?{needed}&{name}=").status == 200, "an empty field of a form asks nothing"
    if "since" in ROUTES[route]:
        needed = NEEDED.get(path, "")
        refused(site, f"{path}?{needed}&since=2026-05&until=2026-04", "before the first")


def test_the_other_fields_keep_what_was_typed(site):
    text = unescape(site.ask("/en/map/?q=79TH&type=XYZ&since=2026-05").text)
    assert 'value="79TH"' in text
    assert re.search('<option value="2026-05" selected>', text)
    assert "There is no type “XYZ”; choose one of the list." in text
    assert 'aria-invalid="true"' in text
    assert "incidents, " not in text


def test_a_type_in_small_letters_is_that_type(site):
    one, other = (site.ask(f"/map/areas.geojson?type={kind}").body for kind in ("THEFT", "theft"))
    assert one == other


def test_a_type_that_the_city_knows_and_no_edition_names_is_counted_as_too_rare(site):
    from openclear.citizen.queries import known_types, published_types

    rare = sorted(known_types() - set(published_types()))
    for kind in rare[:2]:
        counted = site.ask(f"/map/areas.geojson?type={quote(kind)}").json["features"]
        assert {row["properties"]["incidents"] for row in counted} == {None}


def test_months_without_an_edition_are_no_mistake_and_no_zero(site):
    assert "No edition is published for these months." in site.page("/en/map/?since=1999-01&until=1999-02")
    counted = site.ask("/map/areas.geojson?since=1999-01&until=1999-02").json["features"]
    assert len(counted) > 70
    assert {row["properties"]["incidents"] for row in counted} == {None}


def test_trends_and_pages_of_places_keep_to_the_months_that_were_asked(site):
    text = site.page("/en/trends/?since=2026-04&until=2026-05")
    assert len(re.findall(r'<th scope="row">\w+ 20\d\d</th>', text)) == 2
    one = site.page("/en/areas/25/?since=2026-05&until=2026-05")
    assert "From May 2026 to 31 May 2026" in one
    assert one != site.page("/en/areas/25/")
