"""A record that was sealed is told of nowhere: not by the title of its case, a flag, a count, a file, an alert, a link or the log."""

import io
import json
import re
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from itertools import product
from uuid import uuid4

import pytest
from django.urls import get_resolver

from openclear.audit.models import Entry
from openclear.cli.main import main
from openclear.delivery import alerts, exports, jobs
from openclear.delivery.errors import Gone
from openclear.records import models
from openclear.records.changes import note_changes
from openclear.records.kinds import SEARCHED
from openclear.records.property.models import PropertyItem
from openclear.records.sealing import seal
from openclear.vocabulary.actions import Action
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.architecture.test_house import routes
from tests.cast import CRIME, ask, grant, open_case, signed_in

pytestmark = pytest.mark.anywhere

WHEN = datetime(2003, 2, 11, 12, tzinfo=UTC)
READERS = ("rivera", "brandt", "chen", "frost", "marsh")
# Who administers and who oversees see no record, and nothing in log, lists and desks that tells of one.
OTHERS = ("novak", "okafor")
# What is asked for is never the whole of a word that would be a secret: a page repeats what was asked.
ASKED = ("777xx n quim", "vexl", "zqvx", "CB77712", "Q9R7")


class World:
    """One incident with everything around it, each text of it a word that stands nowhere else; `sign` ends those of this world."""

    def __init__(self, cases="CZ-2003-T", sign=""):
        row, upper = {"source": "told", "labels": 0}, sign.upper()
        self.number = cases
        self.person = models.Person.objects.create(
            **row, source_id=f"p{uuid4().hex[:12]}", family=f"Vexlington{sign}", given=f"Quorbert{sign}",
            birth_date="1980-02-02", marks=f"vexlmark{sign}", home_address=f"7 VEXLHOME{upper}",
        )  # fmt: skip
        name = models.PersonName.objects.create(
            **row,
            source_id=self.key(),
            person=self.person,
            kind="main",
            given=self.person.given,
            family=self.person.family,
        )
        for word in (f"quorbert{sign}", f"vexlington{sign}"):
            models.NameWord.objects.create(person=self.person, name=name, word=word, sound=word.upper())
        self.incident = models.Incident.objects.create(
            **row, source_id=self.key(), rd_number=f"QX777123{upper}", occurred=WHEN, block=f"777XX N QUIMBLE{upper} AVE",
            location=f"QUIMBLE{upper} YARD", beat="1124", district="011", arrest_made=True, narrative=f"A quimble{sign}ry was told.",
        )  # fmt: skip
        models.Offense.objects.create(
            **row, source_id=self.key(), incident=self.incident, iucr="0460", primary_type=f"QUIMBLE{upper}",
            description=f"QUIMBLE{upper} OF A KIND",
        )  # fmt: skip
        self.part = models.Involvement.objects.create(
            **row, source_id=self.key(), incident=self.incident, person=self.person, role="arrestee"
        )
        self.arrest = models.Arrest.objects.create(
            **row,
            source_id=self.key(),
            incident=self.incident,
            person=self.person,
            cb_number=f"CB7771234{upper}",
            made=WHEN,
        )
        models.Charge.objects.create(
            **row,
            source_id=self.key(),
            arrest=self.arrest,
            statute=f"720 ZARF{upper}",
            description=f"Zarfing{sign}",
        )
        self.vehicle = models.Vehicle.objects.create(
            **row, source_id=self.key(), plate=f"ZQVX77{upper}", plate_state="IL", make=f"ZARFMOBILE{upper}", model="Z", color="RED",
            registered_owner=self.person,
        )  # fmt: skip
        self.property = PropertyItem.objects.create(
            **row, source_id=self.key(), inventory_number=f"Q9R77{upper}", description=f"Qwozzle{sign}", kind="other",
            serial_number=f"QSN77{upper}", incident=self.incident, owner=self.person,
        )  # fmt: skip
        note_changes([WHEN])  # figures know of it too
        self.cases = [
            self.case(f"{cases}{place}", title)
            for place, title in enumerate(("", f"The Quimble{sign} affair"))
        ]

    def key(self):
        return uuid4().hex[:12]

    def case(self, number, title="", **more):
        case = models.Case.objects.create(
            source="told", source_id=self.key(), number=number, kind="case", title=title, opened="2003-02-11",
            **{"incident": self.incident, **more},
        )  # fmt: skip
        models.CaseShare.objects.create(case=case, agency="us.doj", shared_by="rivera", since="2026-01-01")
        models.CaseShare.objects.create(
            case=case, agency="il.oaklawn.pd", shared_by="rivera", since="2026-01-01"
        )
        return case

    @property
    def records(self):
        """The ids of its records by the name of their data set, as in the addresses of their pages."""
        rows = {"people": [self.person], "incidents": [self.incident], "arrests": [self.arrest], "vehicles": [self.vehicle],
                "property": [self.property], "cases": self.cases}  # fmt: skip
        return {dataset: [row.id for row in records] for dataset, records in rows.items()}


@contextmanager
def worlds(*signs):
    try:
        yield [World(f"CZ-2003-T{sign.upper()}", sign) for sign in signs]
    finally:
        for table in (models.Case, models.Vehicle, PropertyItem, models.Person, models.Incident):
            table.objects.filter(source="told").delete()
        note_changes([WHEN])


@pytest.fixture
def world():
    with worlds("") as [one]:
        yield one


def osei(action=Action.RECORD_SEAL):
    return grant("osei", action, Purpose.RECORDS_MAINTENANCE)


def hide(world, head):
    record = world.cases[1] if head == "case" else getattr(world, head)
    seal(osei(), kind=head, record=record.id, court_order="2026 MR 7")


def records_of(there, dataset):
    """Return the ids with which the pages of a data set are asked: its own of all worlds, and every other of the first one."""
    others = [record for name, records in there[0].records.items() if name != dataset for record in records]
    return [record for world in there for record in world.records[dataset]] + others


def addresses(there, who):
    """Yield every address of the officer site that is read, with each record of the worlds in it; then every search of it."""
    why = reason(who)
    yield from ((address, why) for address in pages(there))
    yield from searches(there, why)
    yield "/figures", {"by": "primary_type"}
    yield "/figures/table.csv", {"by": "primary_type"}


def pages(there):
    newest = Entry.objects.using("audit").count()
    filled = {
        "number": [newest - 1, newest - 2, newest - 3],
        "export": [uuid4()],
        "link": [uuid4()],
        "run": [1],
    }
    for pattern, _ in routes(get_resolver()):
        names = re.findall(r"<\w+:(\w+)>", pattern)
        if pattern.startswith(("api/", "account", "sign-out")) or len(names) > 1:
            continue
        if names == ["record"]:
            values = records_of(there, pattern.partition("/")[0])
        else:
            values = filled.get(names[0], ["us.doj.fbi"]) if names else [""]
        yield from ("/" + re.sub(r"<\w+:\w+>", str(value), pattern) for value in values)


def searches(there, why):
    for text, kind in product(ASKED, ("", *SEARCHED)):
        yield "/search", {**why, "q": text, "kind": kind}
    yield "/search", {**why, "q": "777xx n quim", "arrest_made": "true"}
    for (path, name), world in product((("/suggest", "case"), ("/cases", "q")), there):
        yield path, {name: world.number}


def reason(who):
    return {"purpose": Purpose.CRIME_ANALYSIS if who == "chen" else CRIME, "case": open_case()}


def told_to(there, who):
    """Everything that the site, the API and the command line say to one reader, in lower case."""
    client, said, why = signed_in(who), [], reason(who)
    for path, query in addresses(there, who):
        response = client.get(path, query)
        said.append(
            (path, (b"".join(response) if response.streaming else response.content).decode(errors="replace"))
        )
        said.append((path, str(response.headers)))
    for kind in SEARCHED:
        said += [(kind, ask(who, kind, q=text, **why).content.decode()) for text in ASKED]
    for kind, asked in ((kind, {} if kind == "cases" else why) for kind in (*SEARCHED, "cases")):
        answers = [ask(who, f"{kind}/{record}", **asked) for record in records_of(there, kind)]
        said += [(kind, answer.content.decode()) for answer in answers]
    said.append(("cases", ask(who, "cases", limit="200").content.decode()))
    with redirect_stdout(io.StringIO()) as printed:
        assert main(["cases", "--json", "--by", who], lambda: None) in ({0} if who in READERS else {0, 1})
    said.append(("openclear cases", printed.getvalue()))
    return [(place, text.lower()) for place, text in said]


def words(sign=""):
    """What must not be told of a world in which the record of a kind was sealed."""
    return {
        "incident": (f"quimble{sign}", f"qx777123{sign}", f"cb7771234{sign}", f"zarfing{sign}", "arrestee", f"q9r77{sign}", f"qwozzle{sign}"),
        "person": (f"vexlington{sign}", f"quorbert{sign}", f"vexlmark{sign}", f"vexlhome{sign}", f"cb7771234{sign}", f"zarfing{sign}"),
        "arrest": (f"cb7771234{sign}", f"zarfing{sign}", f"720 zarf{sign}"),
        "vehicle": (f"zqvx77{sign}", f"zarfmobile{sign}"),
        "property": (f"q9r77{sign}", f"qsn77{sign}", f"qwozzle{sign}"),
        "case": (f"quimble{sign} affair",),
    }  # fmt: skip


WORDS = words()


SIGNS = dict(zip(WORDS, "abcdef", strict=True))
# The world in which nothing is sealed.
PLAIN = "g"


def telling(said, world, sign, heads):
    """Where a world is told of by what must not be told once the records of these kinds are sealed: place and word."""
    return [
        (place, word)
        for head in heads
        for word in words(sign)[head]
        for place, text in said
        if word in text and (word != "arrestee" or str(world.person.id) in text)
    ]


def all_words(sign):
    return {word for of_a_kind in words(sign).values() for word in of_a_kind}


@pytest.mark.parametrize("who", [*READERS, *OTHERS])
def test_no_place_tells_of_what_was_sealed(who):
    """Each kind has a world of its own, so that one walk sees all of them; and one world shows that the walk sees what there is."""
    with worlds(*SIGNS.values(), PLAIN) as there:
        of_a_kind = list(zip(SIGNS.items(), there[:-1], strict=True))
        if who in {"rivera", "chen"}:
            # Whatever is kept of an answer was kept before: of records, and of figures.
            before = told_to(there, who)
            assert all(telling(before, world, sign, ["case"]) for (_, sign), world in of_a_kind)
            assert all(telling(before, world, sign, ["incident"]) for (_, sign), world in of_a_kind)
        for (head, _), world in of_a_kind:
            hide(world, head)
        said = told_to(there, who)
        assert not [
            found for (head, sign), world in of_a_kind for found in telling(said, world, sign, [head])
        ]
        seen = {word for _, word in telling(said, there[-1], PLAIN, WORDS)}
        if who == "chen":
            assert {f"quimble{PLAIN}", f"quimble{PLAIN} affair"} <= seen, (
                "figures, and the cases that she works on"
            )
        elif who in READERS:
            assert seen == all_words(PLAIN), "the walk sees what there is to see"


def told(response, *names):
    """An answer without what differs between any two: ids, numbers, receipts."""
    text = json.dumps(response.json() | {"receipt": 0})
    for name in names:
        text = text.replace(str(name), "?")
    return text


@pytest.mark.parametrize("who", ["rivera", "frost", "chen"])
def test_a_case_of_a_sealed_incident_is_a_case_without_one(world, who):
    without = world.case("CZ-2003-T7", incident=None)
    hide(world, "incident")
    for case in world.cases:
        sealed, plain = (ask(who, f"cases/{row.id}") for row in (case, without))
        assert sealed.status_code == plain.status_code
        assert told(sealed, case.id, case.number) == told(plain, without.id, without.number)
        pages = [signed_in(who).get(f"/cases/{row.id}").content.decode() for row in (case, without)]
        assert "quimble" not in pages[0].lower()
        assert ("RD " in pages[0]) == ("RD " in pages[1])


def twin(world):
    """The same incident once more, in which nobody was ever arrested."""
    facts = {"source": "told", "labels": 0}
    row = models.Incident.objects.create(
        **facts, source_id=world.key(), rd_number="QX777124", occurred=WHEN, block="777XX N QUIMBLE AVE", location="QUIMBLE YARD",
        beat="1124", district="011", arrest_made=False, narrative="A quimblery was told.",
    )  # fmt: skip
    models.Offense.objects.create(
        **facts,
        source_id=world.key(),
        incident=row,
        iucr="0460",
        primary_type="QUIMBLE",
        description="QUIMBLE OF A KIND",
    )
    return row


@pytest.mark.parametrize("head", ["arrest", "person"])
def test_an_incident_whose_arrest_was_sealed_is_one_in_which_nobody_was_arrested(world, head):
    other, why = twin(world), reason("rivera")
    assert told(ask("rivera", f"incidents/{world.incident.id}", **why)).count("arrestee") == 1
    hide(world, head)
    answers = [
        told(ask("rivera", f"incidents/{row.id}", **why), row.id, row.rd_number)
        for row in (world.incident, other)
    ]
    assert answers[0] == answers[1]
    for made, count in (("true", 0), ("false", 2)):
        assert ask("rivera", "incidents", q="777XX N QUIM", arrest_made=made, **why).json()["count"] == count
    if head == "arrest":
        assert ask("rivera", f"people/{world.person.id}", **why).json()["result"]["involvements"] == []


def test_what_hides_whose_arrest_it_was_does_not_hide_that_there_was_one(world):
    """The public edition says so too, so an answer that denied it would tell that there is more to know."""
    models.Arrest.objects.filter(pk=world.arrest.id).update(labels=Label.JUVENILE.value)
    for who in ("rivera", "frost"):
        found = ask(who, "incidents", q="777XX N QUIM", **reason(who)).json()["results"]
        assert [row["arrest_made"] for row in found] == [True]
    assert ask("frost", f"arrests/{world.arrest.id}", **reason("frost")).status_code == 404


def test_open_data_without_arrest_rows_still_tell_of_arrests(world):
    models.Arrest.objects.filter(pk=world.arrest.id).delete()
    found = ask("rivera", "incidents", q="777XX N QUIM", arrest_made="true", **reason("rivera")).json()
    assert [row["arrest_made"] for row in found["results"]] == [True]


def test_an_alert_does_not_count_what_was_sealed_since(world):
    key = grant("rivera", Action.INCIDENT_SEARCH, case=open_case())
    models.Incident.objects.filter(pk=world.incident.id).update(block="1 N NOWHERE")
    kept = alerts.keep_alert(key, kind="incidents", text="777XX N QUIM", channel="page")
    models.Incident.objects.filter(pk=world.incident.id).update(block="777XX N QUIMBLE AVE")
    alerts.run_alerts()
    assert hits_of(kept.id) == 1
    hide(world, "incident")
    assert hits_of(kept.id) == 0
    assert alerts.run_alerts() == 0


def hits_of(alert):
    rows = alerts.own_alerts(grant("rivera", Action.ALERT_KEEP))
    return next(row.hits for row in rows if row.id == alert)


@pytest.mark.parametrize("format_name", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("kind", "text", "head"),
    [
        ("incidents", "777XX N QUIM", "incident"),
        ("incidents", "777XX N QUIM", "arrest"),
        ("vehicles", "ZQVX", "person"),
        ("arrests", "CB777", "person"),
    ],
)
def test_a_file_that_tells_of_what_was_sealed_since_is_not_handed_out(world, kind, text, head, format_name):
    action = {
        "incidents": Action.INCIDENT_SEARCH,
        "vehicles": Action.VEHICLE_SEARCH,
        "arrests": Action.ARREST_SEARCH,
    }[kind]
    key = grant("rivera", action, case=open_case())
    row = exports.request_export(key, kind=kind, text=text, filters={}, format_name=format_name)
    jobs.make_export(row.id)
    keeping = grant("rivera", Action.EXPORT_KEEP)
    assert fetched(keeping, row.id)
    hide(world, head)
    with pytest.raises(Gone):
        fetched(keeping, row.id)


def fetched(keeping, export):
    return exports.open_part(keeping, export=export, start=0, stop=1 << 20, address="")[1]
