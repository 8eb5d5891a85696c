"""Years and spans are compared on equal days, never later than today; a few days are drawn day by day; boundaries are of their day."""

import csv
import json
import re
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.analysis import comparisons, questions
from openclear.analysis.agreement import agreement
from openclear.analysis.periods import Days, equal_spans, years_of
from openclear.analysis.rows import FigureFilters
from openclear.cli.main import main
from openclear.records.boundaries.commands import keep_boundaries
from openclear.records.boundaries.models import Boundary
from openclear.records.boundaries.rows import BoundaryRow
from openclear.records.changes import note_changes
from openclear.records.incidents.models import Incident, Offense
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.days import EndsBeforeItBegins, today_here
from openclear.vocabulary.purposes import Purpose
from tests.analysis.test_figures import CHICAGO, chen
from tests.cast import grant, signed_in

_days = st.dates(min_value=date(1995, 1, 1), max_value=date(2030, 12, 31))


@pytest.fixture(autouse=True)
def _months_of_other_stories():
    note_changes(Incident.objects.exclude(source="synthetic").values_list("occurred", flat=True))


@contextmanager
def incident_on(day, **columns):
    """One more incident, on a day of the city."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=CHICAGO)
    row = Incident.objects.create(
        id=uuid4(),
        source="spans",
        source_id=str(uuid4()),
        rd_number="",
        occurred=moment,
        block="001XX N SPAN ST",
        **columns,
    )
    Offense.objects.create(
        id=uuid4(),
        source="spans",
        source_id=str(uuid4()),
        incident=row,
        primary_type="SPANNING",
        description="X",
    )
    note_changes([moment])
    try:
        yield row
    finally:
        row.delete()
        note_changes([moment])


def by_day():
    refused = chen().over(Dataset.INCIDENTS).refused_labels.value
    counts = Counter()
    for row in Incident.objects.prefetch_related("offenses"):
        offense = min(row.offenses.all(), key=lambda one: one.id)
        if (row.labels | offense.labels) & refused == 0:
            counts[row.occurred.astimezone(CHICAGO).date()] += 1
    return counts


def told(capsys, *words):
    capsys.readouterr()
    assert main([*words, "--json"], lambda: None) == 0
    return json.loads(capsys.readouterr().out)


# Years


def test_each_year_counts_all_of_its_days_and_is_compared_on_days_that_both_have(capsys):
    counts = {day: count for day, count in by_day().items() if day <= today_here()}
    first, last = min(counts), max(counts)
    rows = told(capsys, "figures", "--by", "year")["rows"]
    assert [row["value"] for row in rows] == [str(year) for year in range(first.year, last.year + 1)]
    assert sum(row["incidents"] for row in rows) == sum(counts.values())
    for row in rows:
        mine = sum(count for day, count in counts.items() if str(day.year) == row["value"])
        assert row["incidents"] == mine
        if not row["comparison"]:
            continue
        span = {name: row["comparison"][name] for name in ("since", "until", "before_since", "before_until")}
        days = {name: date.fromisoformat(day) for name, day in span.items()}
        for since, until, name in (
            ("since", "until", "incidents"),
            ("before_since", "before_until", "before"),
        ):
            counted = sum(count for day, count in counts.items() if days[since] <= day <= days[until])
            assert row["comparison"][name] == counted
        assert days["since"].timetuple()[1:3] == days["before_since"].timetuple()[1:3]
        assert days["until"].timetuple()[1:3] == days["before_until"].timetuple()[1:3]
        assert first <= days["before_since"]
        assert days["until"] <= last
    assert rows[-1]["comparison"]


def test_the_text_and_the_page_and_the_table_say_the_spans(capsys):
    rows = told(capsys, "figures", "--by", "year")["rows"]
    newest = rows[-1]["comparison"]
    assert main(["figures", "--by", "year"], lambda: None) == 0
    text = capsys.readouterr().out
    assert (
        f"{newest['incidents']:,} from {newest['since']} to {newest['until']}, against {newest['before']:,}"
        in text
    )
    client = signed_in("chen")
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get("/figures").content.decode()))
    assert f"{newest['until'][5:]}: {newest['incidents']:,} / {newest['before']:,}" in page
    table = list(
        csv.DictReader(client.get("/figures/table.csv", {"by": "year"}).content.decode().splitlines()[1:])
    )
    assert [(row["year"], int(row["incidents"])) for row in table] == [
        (row["value"], row["incidents"]) for row in rows
    ]
    assert table[-1]["compared_until"] == newest["until"]


@pytest.mark.parametrize("day", [date(2099, 1, 1), date(2099, 12, 31), "tomorrow"])
def test_a_row_of_the_future_moves_nothing_and_is_told(day, capsys):
    before = told(capsys, "figures", "--by", "year")
    with incident_on(today_here() + timedelta(days=1) if day == "tomorrow" else day):
        after = told(capsys, "figures", "--by", "year")
        assert after["rows"] == before["rows"]
        assert (before["coverage"]["in_future"], after["coverage"]["in_future"]) == (0, 1)
        assert after["coverage"] | {"in_future": 0} == before["coverage"]
        assert all(row["value"] < "2099" for row in told(capsys, "figures", "--by", "month")["rows"])
        assert main(["figures"], lambda: None) == 0
        assert "dated after today: 1." in capsys.readouterr().out
        client = signed_in("chen")
        assert (
            "1 incident is dated after today and is not counted." in client.get("/figures").content.decode()
        )
        table = client.get("/figures/table.csv", {"by": "month"}).content.decode()
        assert "dated after today and not counted: 1" in table
        assert "2099" not in table
    assert told(capsys, "figures", "--by", "year") == before


def test_a_year_that_the_filters_cut_off_is_compared_on_its_own_days():
    last = questions.coverage(chen()).last.date()
    since = date(last.year - 1, 3, 10)
    rows = comparisons.year_over_year(chen(), filters=FigureFilters(since=since))
    assert rows[0].days.first == since
    assert rows[1].comparison.days == Days(date(last.year, 3, 10), last)
    assert rows[1].comparison.days_before == Days(since, date(last.year - 1, last.month, last.day))


def test_the_last_incident_of_one_offense_ends_no_year():
    last = questions.coverage(chen()).last.date()
    with incident_on(date(last.year, 2, 2)), incident_on(date(last.year - 1, 2, 20)):
        rows = comparisons.year_over_year(chen(), filters=FigureFilters(primary_type="SPANNING"))
    newest = rows[-1].comparison
    assert (newest.days.last, newest.incidents, newest.before) == (last, 1, 1)


_in_year = st.integers(min_value=0, max_value=364)


@given(st.integers(min_value=1990, max_value=2040), _in_year, _in_year, _in_year, _in_year)
def test_spans_of_two_years_are_the_same_calendar_days(year, one, two, three, four):
    (first, last), (earliest, latest) = sorted([one, two]), sorted([three, four])
    now = Days(date(year, 1, 1) + timedelta(first), date(year, 1, 1) + timedelta(last))
    then = Days(date(year - 1, 1, 1) + timedelta(earliest), date(year - 1, 1, 1) + timedelta(latest))
    spans = equal_spans(now, then)
    if spans is None:
        return
    assert spans[0].is_within(now)
    assert spans[1].is_within(then)
    leap = date(year, 3, 1) - date(year, 2, 28) + (date(year - 1, 3, 1) - date(year - 1, 2, 28)) > timedelta(
        2
    )
    assert abs(spans[0].count - spans[1].count) <= (1 if leap else 0)


@given(_days, _days)
def test_years_are_all_of_the_days_once(one, two):
    held = Days(*sorted([one, two]))
    years = years_of(held)
    assert sum(year.count for year in years) == held.count
    assert (years[0].first, years[-1].last) == (held.first, held.last)
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(years))


def test_29_february_belongs_to_its_year():
    later, earlier = equal_spans(
        Days(date(2024, 1, 1), date(2024, 2, 29)), Days(date(2023, 1, 1), date(2023, 12, 31))
    )
    assert (later.last, earlier.last) == (date(2024, 2, 29), date(2023, 2, 28))


# Small figures: one week


def a_week():
    return Days(date(2026, 3, 2), date(2026, 3, 8))


def test_a_week_is_drawn_by_day_and_compared_with_the_week_before(capsys):
    week, counts = a_week(), by_day()
    before, year_before = week.earlier(7), week.a_year_earlier()
    asked = {"since": str(week.first), "until": str(week.last)}
    answer = told(capsys, "figures", "--by", "day", "--since", asked["since"], "--until", asked["until"])
    assert {row["value"]: row["incidents"] for row in answer["rows"]} == {
        str(day): counts[day] for day in week.each() if counts[day]
    }
    spans = {row["kind"]: row for row in answer["comparisons"]}
    assert spans["days-before"]["before"] == before.counted(counts)
    assert (spans["days-before"]["before_since"], spans["days-before"]["before_until"]) == (
        "2026-02-23",
        "2026-03-01",
    )
    assert spans["days-before"]["incidents"] == week.counted(counts)
    assert spans["year-before"]["before"] == year_before.counted(counts)
    page = signed_in("chen").get("/figures", asked).content.decode()
    drawn = json.loads(re.search(r'<script id="drawn" type="application/json">(.*?)</script>', page)[1])
    assert [(day, count) for day, count, _ in drawn["time"]] == [
        (str(day), counts[day]) for day in week.each()
    ]
    assert 'data-step="day"' in page
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The 7 days before (2026-02-23" in shown
    assert f"2026-03-01): {before.counted(counts)}" in shown
    assert main(["figures", "--since", asked["since"], "--until", asked["until"]], lambda: None) == 0
    assert "the 7 days before (2026-02-23 to 2026-03-01)" in capsys.readouterr().out


def test_a_week_that_is_not_over_is_compared_with_as_many_days():
    last = questions.coverage(chen()).last.date()
    filters = FigureFilters(since=last - timedelta(days=2), until=last + timedelta(days=4))
    before = next(
        row for row in comparisons.comparisons(chen(), filters=filters) if row.kind == "days-before"
    )
    assert before.days == Days(last - timedelta(days=2), last)
    assert before.days_before == Days(last - timedelta(days=9), last - timedelta(days=7))


def test_days_before_the_first_record_are_compared_with_nothing():
    first = questions.coverage(chen()).first.date()
    filters = FigureFilters(since=first, until=first + timedelta(days=6))
    assert comparisons.comparisons(chen(), filters=filters) == []
    page = signed_in("chen").get("/figures", {"since": str(first), "until": str(first + timedelta(days=6))})
    assert "compared with nothing" in page.content.decode()


def test_all_of_it_is_drawn_by_month_with_months_that_have_none():
    page = signed_in("chen").get("/figures").content.decode()
    drawn = json.loads(re.search(r'<script id="drawn" type="application/json">(.*?)</script>', page)[1])
    months = [month for month, _, _ in drawn["time"]]
    assert 'data-step="month"' in page
    assert months == sorted(set(months))
    years = {month[:4] for month in months[12:-12]}
    assert all(sum(month.startswith(year) for month in months) == 12 for year in years)


@pytest.mark.parametrize(
    "since",
    [
        {},
        {"since": "0001-01-01"},
        {"since": "9999-12-30"},
        {"until": "0001-01-01"},
        {"since": "0001-01-01", "until": "9999-12-31"},
    ],
)
def test_odd_days_break_nothing(since):
    assert signed_in("chen").get("/figures", since).status_code == 200


# A range that ends before it begins


def test_a_range_that_ends_before_it_begins_is_an_error_on_every_door(capsys):
    asked = {"since": "2026-03-08", "until": "2026-03-02"}
    client = signed_in("chen")
    for where in ("/figures", "/figures/table.csv?by=month"):
        page = client.get(where, {**asked, "by": "month"})
        assert page.status_code == 400
        assert "ends before it begins" in page.content.decode()
    spanish = client.get("/figures", asked, headers={"accept-language": "es"}).content.decode()
    assert "termina antes de empezar" in spanish
    for verb in (["figures"], ["figures", "--by", "year"], ["boundaries", "district"]):
        assert main([*verb, "--since", asked["since"], "--until", asked["until"]], lambda: None) == 2
        assert "ends before it begins" in capsys.readouterr().err
    with pytest.raises(EndsBeforeItBegins):
        FigureFilters(since=date(2026, 3, 8), until=date(2026, 3, 7))


# Boundaries of their day


def square(west=-87.7, south=41.8, side=0.02):
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def wards():
    """Ward 7 from 2020 to 2023 in one place, ward 8 in its place since; the ward boundaries of no other day."""
    key = grant("importer", Action.BOUNDARY_KEEP, Purpose.RECORDS_MAINTENANCE)
    keep_boundaries(key, rows=[BoundaryRow("ward", "7", "", square(), date(2020, 1, 1))])
    keep_boundaries(key, rows=[BoundaryRow("ward", "8", "", square(), date(2023, 1, 1))])
    yield
    Boundary.objects.filter(kind="ward").delete()


def compared(day, **columns):
    point = {"latitude": 41.81, "longitude": -87.69}
    filters = FigureFilters(since=day, until=day, primary_type="SPANNING")
    with incident_on(day, **{**point, **columns}):
        return agreement(
            grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS), kind="ward", filters=filters
        )


@pytest.mark.usefixtures("wards")
@pytest.mark.parametrize(
    ("day", "ward", "verdict"),
    [
        (date(2021, 5, 5), 7, "equal"),
        (date(2022, 12, 31), 7, "equal"),
        (date(2023, 1, 1), 8, "equal"),
        (date(2023, 1, 1), 7, "renamed"),  # the seventh is a ward of other days
        (date(2021, 5, 5), 8, "renamed"),
    ],
)
def test_each_incident_is_compared_with_the_boundaries_of_its_day(day, ward, verdict):
    found = compared(day, ward=ward)
    assert (found.compared, found.without_boundaries) == (1, 0)
    assert {
        name: getattr(found, name) for name in ("equal", "renamed", "outside", "within_a_block", "farther")
    }[verdict] == 1
    assert found.share == (1.0 if verdict == "equal" else 0.0)


@pytest.mark.usefixtures("wards")
def test_a_day_without_boundaries_is_not_compared(capsys):
    found = compared(date(2019, 12, 31), ward=7)
    assert (found.compared, found.without_boundaries, found.share) == (0, 1, None)
    with incident_on(date(2019, 12, 31), ward=7, latitude=41.81, longitude=-87.69):
        words = ["boundaries", "ward", "--since", "2019-12-31", "--until", "2019-12-31"]
        assert main(words, lambda: None) == 0
        text = capsys.readouterr().out
    assert "1 on days for which there are no boundaries of this kind: not compared" in text
    assert "0 compared" in text
    assert "%" not in text


@pytest.mark.usefixtures("wards")
def test_a_point_beyond_all_boundaries_of_its_day_lies_outside():
    assert compared(date(2021, 5, 5), ward=7, latitude=41.95).outside == 1
    assert compared(date(2021, 5, 5), ward=7, latitude=41.95).farther == 0


# A city in which nobody counts yet


def test_a_city_without_an_analyst_says_so(monkeypatch, capsys):
    from openclear.cli import acting

    monkeypatch.setattr(acting, "handles_with", lambda _role: [])
    assert main(["figures"], lambda: None) == 1
    said = capsys.readouterr().err
    assert (
        "Nobody in this city is registered as analyst yet; build the invented city with openclear demo"
        in said
    )


def test_somebody_registered_plays_a_role_that_nobody_of_the_cast_has(monkeypatch):
    from openclear.cli import acting
    from openclear.vocabulary.roles import Role

    assert acting._played(Role.ANALYST) == "chen"
    monkeypatch.setattr(acting, "handles_with", lambda _role: ["whitfield"])
    assert acting._played(Role.ANALYST) == "whitfield"
