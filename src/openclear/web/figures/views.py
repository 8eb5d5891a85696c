"""The page of figures: incidents by month, type, place, hour and weekday, as charts, a map, tables and CSV."""

import csv
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import fields
from io import StringIO
from typing import Any

import shapely
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from shapely.geometry import mapping, shape

from openclear.analysis import comparisons as comparing
from openclear.analysis import questions
from openclear.analysis.periods import Days
from openclear.analysis.rows import FigureFilters, YearCount
from openclear.delivery.exports import request_report
from openclear.delivery.formats import cell_of
from openclear.records.boundaries.queries import boundaries_on
from openclear.reporting.declared import DeclaredReport
from openclear.reporting.reports import REPORTS
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import figures_facts
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.numbers import code_pattern, district_code
from openclear.vocabulary.purposes import Purpose
from openclear.web.guard import ask, behind_gate, field, redirected, rendered
from openclear.web.ranges import said_here

MOST_TYPES = 15
MOST_DAYS = 62
HOURS = range(24)
# Enough for a screen: about fifty meters.
SIMPLER = 0.0005
_DAY = forms.DateInput(attrs={"type": "date", "class": "usa-input"})
_TEXT = forms.TextInput(attrs={"class": "usa-input"})


class FiguresForm(forms.Form):
    """Which incidents are counted. Every field is optional."""

    since = forms.DateField(required=False, label=_("From"), widget=_DAY)
    until = forms.DateField(required=False, label=_("To"), widget=_DAY)
    offense = forms.CharField(required=False, label=_("Offense"), max_length=60, widget=_TEXT)
    district = forms.RegexField(
        f"^{code_pattern(city().formats.district)}$", required=False, label=_("District"), widget=_TEXT
    )
    community_area = forms.IntegerField(
        required=False, min_value=1, max_value=99, widget=forms.NumberInput(attrs={"class": "usa-input"})
    )

    def __init__(self, *given: Any) -> None:
        """Leave out the areas of a city that has none."""
        super().__init__(*given)
        if city().area_kind == "community-area":
            self.fields["community_area"].label = city().words_in(get_language() or "en").area.capitalize()
        else:
            del self.fields["community_area"]

    def filters(self) -> FigureFilters:
        """Return the filters. Raises WrongUsage for an invalid field."""
        if not self.is_valid():
            name = next(iter(self.errors))
            raise WrongUsage(f"The field {self[name].label} is not valid; correct it or leave it empty.")
        chosen = self.cleaned_data
        return said_here(
            FigureFilters,
            since=chosen["since"], until=chosen["until"], primary_type=chosen["offense"].strip().upper(),
            district=district_code(chosen["district"]),
            community_area=chosen.get("community_area"),
        )  # fmt: skip


@require_GET
@behind_gate
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures for the chosen incidents."""
    form = FiguresForm(request.GET)
    grant, filters = _asked(request, form)
    behind = questions.coverage(grant, filters=filters)
    held = comparing.counted_days(grant, filters=filters)
    # A few weeks are drawn day by day: as one or two months they would be a point or nothing.
    step = "day" if held and held.count <= MOST_DAYS else "month"
    tables = {
        name: questions.incident_counts(grant, by=name, filters=filters)
        for name in (step, "primary_type", "district")
    }
    tables["primary_type"] = tables["primary_type"][:MOST_TYPES]
    crossed = questions.cross_counts(grant, rows_by="weekday", columns_by="hour", filters=filters)
    counts = {(int(day), int(hour)): count for day, hour, count in crossed}
    drawn: dict[str, Any] = {
        name: [[row.value, row.incidents, row.arrests] for row in rows] for name, rows in tables.items()
    } | {"hours": [[hour, day - 1, count] for (day, hour), count in counts.items()]}
    drawn["time"] = _every(step, held, drawn.pop(step))
    week = [(WEEKDAYS[day], [counts.get((day + 1, hour), 0) for hour in HOURS]) for day in range(7)]
    return rendered(
        request, "web/figures.html", grant, form=form, behind=behind, tables=tables, drawn=drawn, week=week, hours=HOURS,
        years=comparing.year_over_year(grant, filters=filters), chosen=request.GET.urlencode(), step=step,
        step_rows=tables[step], comparisons=comparing.comparisons(grant, filters=filters),
        reports=[(report, fields(report.params), reverse(f"ask-{report.kind}")) for report in REPORTS],
    )  # fmt: skip


@require_GET
@behind_gate
def figures_csv(request: HttpRequest) -> HttpResponse:
    """Return one table as CSV, with unit, days and what is missing in its first lines."""
    by = field(request, "by")
    grant, filters = _asked(request, FiguresForm(request.GET), by=by)
    heading, rows = _table(grant, by, filters)
    behind = questions.coverage(grant, filters=filters)
    out = StringIO(newline="")
    writer = csv.writer(out)
    later = f"; dated after today and not counted: {behind.in_future}" if behind.in_future else ""
    writer.writerow(
        [
            f"# unit: incidents; {behind.first or '-'} to {behind.last or '-'}; not counted: {' '.join(behind.hidden)}{later}"
        ]
    )
    writer.writerow(heading)
    writer.writerows(rows)
    # Without the mark before it, a spreadsheet reads the file in its own old encoding, and garbles every accent.
    response = HttpResponse(BOM_UTF8 + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="incidents-by-{by}.csv"'
    answer: HttpResponse = grant.release(response)
    return answer


def _table(grant: Grant, by: str, filters: FigureFilters) -> tuple[list[str], list[list[Any]]]:
    if by != "year":
        rows = questions.incident_counts(grant, by=by, filters=filters)
        return [by, "incidents", "with_arrest"], [
            [cell_of(row.value), row.incidents, row.arrests] for row in rows
        ]
    spans = ("since", "until", "incidents", "before_since", "before_until", "before", "change")
    heading = [by, "incidents", "since", "until", *(f"compared_{name}" for name in spans)]
    return heading, [_year_line(row) for row in comparing.year_over_year(grant, filters=filters)]


def _year_line(row: YearCount) -> list[Any]:
    line: list[Any] = [row.year, row.incidents, row.days.first, row.days.last]
    if (made := row.comparison) is None:
        return line
    before = made.days_before
    return [
        *line,
        made.days.first,
        made.days.last,
        made.incidents,
        before.first,
        before.last,
        made.before,
        made.change,
    ]


@require_GET
@behind_gate
def outlines(request: HttpRequest) -> HttpResponse:
    """Return the outlines of the districts for the map."""
    grant = _grant(request, None, outlines="district")
    features = [
        {
            "type": "Feature", "properties": {"name": row.code, "title": row.name},
            "geometry": mapping(shapely.simplify(shape(row.shape), SIMPLER)),
        }
        for row in boundaries_on(grant, kind="district")
    ]  # fmt: skip
    answer: HttpResponse = grant.release(JsonResponse({"type": "FeatureCollection", "features": features}))
    return answer


def ask_report(report: DeclaredReport) -> Callable[..., HttpResponse]:
    """Return the view that queues a report."""

    def view(request: HttpRequest) -> HttpResponse:
        asked = {item.name: field(request, item.name) for item in fields(report.params)}
        grant = ask(request, report.action, purpose=report.purpose, **report.inquiry(asked))
        keeping = ask(request, Action.EXPORT_KEEP, purpose=Purpose.OWN_ACCOUNT)
        request_report(grant, kind=report.kind, asked=asked)
        return redirected(keeping, "saved")

    return require_POST(behind_gate(view))


def _every(step: str, held: Days | None, rows: list[list[Any]]) -> list[list[Any]]:
    # A day or a month without an incident is a figure too: zero.
    known = {row[0]: row for row in rows}
    every = [day for day in held.each() if step == "day" or day.day == 1] if held else []
    named = {*(str(day) for day in every), *known}
    return [known.get(name, [name, 0, 0]) for name in sorted(named)]


def _asked(request: HttpRequest, form: FiguresForm, **more: str) -> tuple[Grant, FigureFilters]:
    # A refusal comes first, an invalid field second.
    try:
        filters = form.filters()
    except WrongUsage:
        _grant(request, None, **{name: form.data.get(name, "") for name in form.fields}, **more)
        raise
    return _grant(request, filters, **more), filters


def _grant(request: HttpRequest, filters: FigureFilters | None, **asked: str) -> Grant:
    facts = figures_facts(filters, **asked)
    return ask(request, Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS, **facts)
