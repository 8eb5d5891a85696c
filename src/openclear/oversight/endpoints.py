"""Oversight's questions on every door."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from openclear.access.explanations import CouldHaveSeen, PartSeen
from openclear.oversight.case_findings import CaseFinding, FindingParams, case_findings
from openclear.oversight.could_see import Question, Seen, could_see, time_of
from openclear.oversight.stops import ReviewedStop, StopsOfDay, StopsQuestion, stops_of_day
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.endpoint import Door, Endpoint
from openclear.vocabulary.purposes import Purpose


def _told(seen: Seen) -> dict[str, Any]:
    return {
        "agency": seen.could.agency,
        "on": seen.could.on,
        "could": seen.could.could,
        "purposes": seen.could.purposes,
        "orders": seen.could.orders,
        "time_zone": city().time_zone,
        "parts": [
            {
                "since": part.begins,
                "until": part.ends,
                "could": part.could,
                "purposes": part.purposes,
                "orders": part.orders,
            }
            for part in seen.could.parts
        ],
        "rules_of_the_day": seen.could.rules_of_the_day,
        "record": str(seen.record),
        "entries_that_showed_it": [row.number for row in seen.entries],
        "shown": [
            {"entry": row.number, "time": time_of(row), "could": seen.could_at(row)} for row in seen.entries
        ],
    }


def _text(asked: Question, seen: Seen) -> str:
    could, shown = seen.could, [f"{row.number} at {time_of(row)}" for row in seen.entries]
    return "\n".join(
        [
            f"{asked.agency} on {could.on} ({city().time_zone}): {_verdict(could)}",
            *(line for part in could.parts for line in _lines(part)),
            f"Entries of that day that showed it to the agency: {', '.join(shown) or 'none'}.",
            "Labels are the current ones, but for sealings since; the rules are those of this version.",
        ]
    )


def _finding(_asked: FindingParams, row: CaseFinding) -> str:
    return (
        f"{row.hour}  {row.officer:<12} {row.case:<20} {row.lookups} look-ups (expected: at most {row.limit}), "
        f"{row.records} records, entries {row.first} to {row.last}"
    )


FINDINGS = Endpoint(
    name="findings",
    action=Action.LOG_VIEW_ALL,
    purpose=Purpose.OVERSIGHT_REVIEW,
    doors={Door.PAGE: "oversight/findings", Door.COMMAND: "findings"},
    params=FindingParams,
    row=CaseFinding,
    query=lambda grant, asked: case_findings(grant, asked=asked),
    words={
        "summary": "List findings",
        "description": "Who looked up more on one case within an hour than the city expects: questions, no verdicts.",
    },
    line=_finding,
)


def _verdict(could: CouldHaveSeen) -> str:
    if len(could.parts) == 1:
        return f"{'could' if could.could else 'could not'} have seen the record."
    parts = [f"from {part.begins} to {part.ends} {'yes' if part.could else 'no'}" for part in could.parts]
    return f"{', '.join(parts)}."


def _lines(part: PartSeen) -> Iterator[str]:
    yield f"  from {part.begins} to {part.ends}"
    for purpose, against in part.purposes.items():
        yield f"    {purpose:<24} {'yes' if not against else ', '.join(against)}"


COULD_SEE = Endpoint(
    name="could-see",
    action=Action.LOG_VIEW_ALL,
    purpose=Purpose.OVERSIGHT_REVIEW,
    doors={Door.PAGE: "oversight/could-see", Door.COMMAND: "could-see"},
    params=Question,
    row=Seen,
    query=lambda grant, asked: could_see(grant, question=asked),
    is_list=False,
    words={
        "summary": "Ask who could see",
        "description": "Whether an agency could have seen a record on a day, and whether the log shows that it did.",
    },
    line=_text,
    told=_told,
    shown=lambda seen: [seen.record],
)


def _stop_told(one: ReviewedStop) -> dict[str, Any]:
    stop = {name: value for name, value in asdict(one.stop).items() if name != "id"}
    moments = {name: stop[name].isoformat() if stop[name] else "" for name in ("opened", "until", "ended")}
    lookups = [
        {"entry": row.number, "action": row.header.get("action", ""), "decision": row.header["decision"]}
        for row in one.entries
    ]
    return {**stop, **moments, "lookups": lookups}


def _stops_told(day: StopsOfDay) -> dict[str, Any]:
    return {
        "on": str(day.on),
        "stops": [_stop_told(one) for one in day.stops],
        "officers": [asdict(rate) for rate in day.officers],
    }


def _stop_line(one: ReviewedStop) -> str:
    stop, began = one.stop, one.stop.opened.astimezone(city().zone)
    line = f"{stop.number}  {began:%H:%M}  {stop.officer:<16} {len(one.entries):>3} look-ups  {stop.plate or '-':<8}"
    return f"{line}  {stop.place}: {stop.outcome or ('(nothing said)' if stop.ended else '(open)')}"


def _stops_text(_asked: StopsQuestion, day: StopsOfDay) -> str:
    rates = [
        f"  {rate.officer:<16} {rate.stops:>3} stops (usually {rate.usual} a day), {rate.lookups} look-ups "
        f"({rate.a_stop} each), {rate.people} people by name, {rate.silent} without a line"
        for rate in day.officers
    ]
    lines = [f"{len(day.stops)} stops and calls on {day.on}.", *rates, *map(_stop_line, day.stops)]
    return "\n".join(lines)


STOPS = Endpoint(
    name="stops",
    action=Action.LOG_VIEW_ALL,
    purpose=Purpose.OVERSIGHT_REVIEW,
    doors={Door.PAGE: "oversight/stops", Door.COMMAND: "stops"},
    params=StopsQuestion,
    row=StopsOfDay,
    query=lambda grant, asked: stops_of_day(grant, question=asked),
    is_list=False,
    words={
        "summary": "List the stops and calls of a day",
        "description": "Each stop and call with its look-ups and what came of it, and the rate of each officer.",
    },
    line=_stops_text,
    told=_stops_told,
)
