"""Between reading an answer and its arrival a record is sealed: the answer is read anew, and sealing waits for what is under way."""

import threading
import time
from contextlib import closing, suppress
from uuid import uuid4

import pytest
from django.db import connections
from django.http import HttpResponse

from openclear.access import barrier
from openclear.access.barrier.keeper import DRAIN_SECONDS
from openclear.access.errors import NotAnswered, RecordsChanged
from openclear.access.gate import release
from openclear.audit import log
from openclear.audit.models import Entry
from openclear.audit.reading import entries, entry
from openclear.delivery import alerts, exports, jobs
from openclear.delivery.errors import Gone
from openclear.publishing import editions
from openclear.records import models, sealing
from openclear.records.people.kind import PEOPLE
from openclear.release.models import Edition
from openclear.search.find import find
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, grant, open_case, signed_in


@pytest.fixture
def person():
    made = models.Person.objects.create(
        source="meanwhile",
        source_id=uuid4().hex[:12],
        family="Wexlerby",
        given="Ottoline",
        birth_date="1981-03-03",
    )
    name = models.PersonName.objects.create(
        source="meanwhile", source_id=uuid4().hex[:12], person=made, kind="main", given="Ottoline", family="Wexlerby"
    )  # fmt: skip
    models.NameWord.objects.create(person=made, name=name, word="wexlerby", sound="WKSLRB")
    yield made
    models.Person.objects.filter(source="meanwhile").delete()


def sealing_key():
    return grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)


def seal(person, **more):
    sealing.seal(sealing_key(), kind="person", record=person.id, court_order="2026 MR 11", **more)


@pytest.fixture
def sealed_at_release(person, monkeypatch):
    """Seals the person when the next answer is about to leave: it was read, it has no entry and no hold yet."""
    take, waiting = release.barrier.shared, [person]

    def shared(*places, records=False, **more):
        if records and waiting:
            seal(waiting.pop())
        return take(*places, records=records, **more)

    monkeypatch.setattr(release.barrier, "shared", shared)
    return waiting


def reason():
    return {"purpose": CRIME, "case": open_case()}


def test_what_was_read_before_a_sealing_does_not_leave_after_it(person):
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    rows = find(key, kind=PEOPLE, text="wexlerby").rows
    assert [row.id for row in rows] == [person.id]
    seal(person)
    before = Entry.objects.using("audit").count()
    with pytest.raises(RecordsChanged):
        key.release(HttpResponse(b"Ottoline Wexlerby"), shown=[row.id for row in rows])
    assert Entry.objects.using("audit").count() == before, (
        "nothing was answered, so nothing is said of an answer"
    )


def test_figures_and_counts_are_held_back_too_though_they_show_no_id(person):
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    assert find(key, kind=PEOPLE, text="wexlerby").count == 1
    seal(person)
    with pytest.raises(RecordsChanged):
        key.release(HttpResponse(b"1 found"))


def test_an_act_still_leads_to_its_outcome_and_other_desks_notice_nothing(person):
    key, registry = (
        grant("rivera", Action.ALERT_KEEP),
        grant("novak", Action.REGISTRY_LIST, Purpose.ACCESS_ADMINISTRATION),
    )
    seal(person)
    for asked, response in ((registry, HttpResponse(b"agencies")), (key, HttpResponse(status=303))):
        with closing(asked.release(response)) as answer:
            assert answer.status_code == response.status_code


@pytest.mark.parametrize("way", ["api", "page"])
def test_a_question_is_asked_anew_by_itself(sealed_at_release, way):
    if way == "api":
        response = ask("rivera", "people", q="wexlerby", **reason())
        assert (response.status_code, response.json()["count"]) == (200, 0)
    else:
        response = signed_in("rivera").get("/search", {"q": "wexlerby", "kind": "people", **reason()})
        assert response.status_code == 200
        assert b"Ottoline" not in response.content
    assert not sealed_at_release, "it was sealed in the moment that is meant"


def test_a_record_that_is_sealed_while_it_is_opened_is_one_that_is_not_there(person, sealed_at_release):
    opened = ask("rivera", f"people/{person.id}", **reason())
    assert not sealed_at_release
    missing = ask("rivera", f"people/{uuid4()}", **reason())
    assert (opened.status_code, opened.content) == (404, missing.content)


def test_sealing_waits_for_the_answer_that_is_under_way_and_says_so_in_the_log(person):
    hold = barrier.shared(["us.doj.atf"], records=True)
    arrived = []
    threading.Timer(0.2, lambda: (arrived.append(time.monotonic()), hold.release())).start()
    seal(person)
    assert arrived, "it returned when the answer had arrived"
    assert time.monotonic() - arrived[0] < DRAIN_SECONDS * 4
    told = newest_outcome()
    assert (told["record"], told["answers_met"], told["answers_reset"]) == (str(person.id), 1, 0)


def newest_outcome():
    key = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    number = next(row.number for row in entries(key) if row.header["kind"] == "outcome")
    return entry(key, number=number).body


def test_nothing_of_a_sealed_person_is_handed_over_after_sealing_returned(person):
    """Sixteen readers without a pause; each answer that names her ends before sealing has returned."""
    case, late, ended = open_case(), [], threading.Event()
    returned = [0.0]

    def read():
        while not ended.is_set():
            key = grant("rivera", Action.PERSON_SEARCH, case=case)
            rows = find(key, kind=PEOPLE, text="wexlerby").rows
            answer = HttpResponse(b"Ottoline" if rows else b"nobody")
            with suppress(RecordsChanged, NotAnswered):
                answer = key.release(answer, shown=[row.id for row in rows])
                if rows and returned[0] and time.monotonic() > returned[0]:
                    late.append(1)
                answer.close()

    def run():
        try:
            read()
        finally:
            connections.close_all()
            log.hang_up()  # the connection of this thread

    readers = [threading.Thread(target=run) for _ in range(8)]
    for reader in readers:
        reader.start()
    time.sleep(1)
    seal(person)
    returned[0] = time.monotonic()
    time.sleep(1)
    ended.set()
    for reader in readers:
        reader.join(20)
    assert not late


def test_a_range_of_an_export_is_not_handed_over_either(person):
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="wexlerby", filters={}, format_name="csv")
    jobs.make_export(row.id)
    part, data = exports.open_part(
        grant("rivera", Action.EXPORT_KEEP), export=row.id, start=0, stop=1 << 20, address=""
    )
    assert b"Wexlerby" in data
    seal(person)
    with pytest.raises(RecordsChanged):
        part.release(HttpResponse(data))
    with pytest.raises(Gone):
        exports.open_part(
            grant("rivera", Action.EXPORT_KEEP), export=row.id, start=0, stop=1 << 20, address=""
        )


def test_an_alert_does_not_tell_of_who_is_sealed_in_that_moment(person, sealed_at_release):
    models.NameWord.objects.filter(person=person).update(word="elsewhere", sound="ELSWR")
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    alerts.keep_alert(key, kind="people", text="wexlerby", channel="page")
    models.NameWord.objects.filter(person=person).update(word="wexlerby", sound="WKSLRB")
    assert alerts.run_alerts() == 0
    assert alerts.run_alerts() == 0
    assert not sealed_at_release


@pytest.mark.parametrize("way", ["api", "page"])
def test_a_mistake_that_was_found_among_records_leaves_as_an_answer_does(sealed_at_release, way):
    """Its words may tell of a record: how many there are, or that there is one."""
    if way == "api":
        assert ask("rivera", "people", q="wexlerby", page="no mark", **reason()).status_code == 400
    else:
        asked = {"q": "wexlerby", "kind": "people", "page": "no mark", **reason()}
        assert signed_in("rivera").get("/search", asked).status_code == 400
    assert not sealed_at_release, "it was held, and sealing came first"


def test_a_token_that_is_made_while_a_record_is_sealed_is_shown(sealed_at_release):
    made = signed_in("lund").post("/account/tokens/create", {"name": f"a program {uuid4().hex[:6]}"})
    assert made.status_code == 200
    assert sealed_at_release, "a token tells of no record"


def test_an_edition_that_met_a_sealing_in_its_making_is_not_published(person, monkeypatch):
    edition = Edition.objects.filter(withdrawn=None).order_by("-incidents").first()
    written, waiting = editions._written, [person]

    def late(*given):
        draft = written(*given)
        if waiting:
            seal(waiting.pop())
        drafts.append(draft)
        return draft

    drafts = []
    monkeypatch.setattr(editions, "_written", late)
    key = grant("publisher", Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE)
    assert editions.make_edition(key, month=edition.month) == f"{edition.month:%Y-%m}.{edition.revision + 1}"
    assert len(drafts) == 2, "made anew after the sealing, with the same number"


def test_a_sealing_waits_for_the_edition_that_is_being_published(person, monkeypatch):
    edition = Edition.objects.filter(withdrawn=None).order_by("-incidents").first()
    keep, order = editions.release.keep_edition, []

    def slowly(made):
        sealer.start()
        time.sleep(0.5)
        keep(made)
        order.append("published")

    def run():
        try:
            seal(person)
            order.append("sealed")
        finally:
            connections.close_all()
            log.hang_up()

    sealer = threading.Thread(target=run)
    monkeypatch.setattr(editions.release, "keep_edition", slowly)
    key = grant("publisher", Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE)
    editions.make_edition(key, month=edition.month)
    sealer.join(20)
    assert order == ["published", "sealed"]


def test_what_is_left_of_an_export_does_not_say_that_a_record_in_it_was_sealed(person):
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="wexlerby", filters={}, format_name="csv")
    jobs.make_export(row.id)
    keeping = grant("rivera", Action.EXPORT_KEEP, Purpose.OWN_ACCOUNT)
    assert exports.own_export(keeping, export=row.id).rows == 1
    seal(person)
    left = exports.own_export(keeping, export=row.id)
    assert (left.state, left.rows, left.size, left.sha256) == ("ended", 0, 0, "")
    assert left.problem == "This export has ended; request it again."
