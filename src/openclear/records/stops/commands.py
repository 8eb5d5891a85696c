"""What an officer on patrol does with a stop or call: start it, give it its plate, add its people, end it, say what came of it."""

from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet

from openclear.access import gate
from openclear.access.registry.acts import one_at_a_time
from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.people.queries import rows as people_rows
from openclear.records.people.rows import PersonRow
from openclear.records.people.rules import name_words
from openclear.records.stops.models import Stop, StopPerson
from openclear.records.stops.queries import stop_row
from openclear.records.stops.rows import StopRow
from openclear.records.stops.rules import (
    KIND_OF,
    MOST_PEOPLE,
    OPEN_FOR,
    PURPOSE_OF,
    checked_outcome,
    checked_place,
    checked_plate,
    checked_words,
    new_number,
)
from openclear.records.vehicles.models import Vehicle
from openclear.records.vehicles.rules import plate_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant


@one_at_a_time
def start_stop(grant: Grant, *, place: str, plate: str = "") -> StopRow:
    """Start a stop, or with a grant for answering a call a call, of the holder's own, open for an hour.

    `plate`: of the vehicle, if it is known already. Raises WrongUsage for a missing place or a plate that is not whole,
    NotPossible if the holder has one open.
    """
    grant.require(Action.STOP_START)
    where, car = checked_place(place), checked_plate(plate_of(plate)) if plate else ""
    now, kind = clock.now(), KIND_OF[grant.purpose]
    own = Stop.objects.filter(officer=grant.officer, ended=None)
    if (still := own.filter(until__gt=now).first()) is not None:
        raise NotPossible(f"You have {still.number} open; end it first, with a line on what came of it.")
    number = new_number(kind, now.astimezone(city().zone).date())
    gate.log_act(grant, details={"started": number, "place": where, "plate": car})
    with transaction.atomic():
        # Those whose hour is over: each ended when its hour was.
        own.update(ended=F("until"))
        found = Stop.objects.create(
            number=number, kind=kind, officer=grant.officer, place=where, plate=car, opened=now,
            until=now + OPEN_FOR,
        )  # fmt: skip
    return stop_row(found)


@one_at_a_time
def set_plate(grant: Grant, *, number: str, plate: str) -> StopRow:
    """Set the plate of the holder's open stop. A plate that was misread can be corrected until it finds a vehicle.

    Raises WrongUsage for a plate that is not whole, NotPossible without such a stop, or if its plate found a vehicle.
    """
    grant.require(Action.STOP_START)
    car = checked_plate(plate_of(plate))
    found = _open(grant, number)
    # By the rows that a stop shows, so that a hidden vehicle is the same as none.
    if found.plate != car and found.plate and Vehicle.objects.filter(plate=found.plate, labels=0).exists():
        raise NotPossible(
            f"{found.number} is about the vehicle {found.plate}; for another one, end it and start another."
        )
    gate.log_act(grant, details={"stop": found.number, "plate": car})
    Stop.objects.filter(pk=found.pk).update(plate=car)
    found.plate = car
    return stop_row(found)


def identify(grant: Grant, *, name: str, born: date) -> list[PersonRow]:
    """Add to the holder's stop the people with exactly this full name and date of birth, and return them; none if there are none.

    Every attempt counts, found or not, so that nobody looks for people by trying. Raises WrongUsage without given and
    family name, NotPossible if the stop is over or as many people were asked for as it can have.
    """
    grant.require(Action.STOP_IDENTIFY)
    words = checked_words(name_words(name))
    found = _open(grant, grant.inquiry.ground.number if grant.inquiry.ground else "")
    gate.log_act(grant, details={"asked_at": found.number})
    # Counted before anything is looked up, in one statement: two at once are two.
    if not Stop.objects.filter(pk=found.pk, asked__lt=MOST_PEOPLE).update(asked=F("asked") + 1):
        raise NotPossible(
            f"{MOST_PEOPLE} people were asked for at {found.number} already; name an open case for more."
        )
    people = [person for person in _born(grant, born, words) if _is_called(grant, person, words)]
    for person in people:
        StopPerson.objects.get_or_create(stop=found, person=person)
    return people_rows(grant, people)


@one_at_a_time
def end_stop(grant: Grant, *, number: str, outcome: str) -> StopRow:
    """End a stop of the holder's own, if it is still open, and keep the line on what came of it.

    Raises WrongUsage without a line, NotPossible if the holder has no such stop or has said it already.
    """
    grant.require(Action.STOP_END)
    said = checked_outcome(outcome)
    found = Stop.objects.filter(officer=grant.officer, number=number).first()
    if found is None:
        raise NotPossible("You have no such stop or call.")
    if found.outcome:
        raise NotPossible(f"What came of {found.number} is said already: {found.outcome}")
    gate.log_act(grant, details={"ended": found.number, "outcome": said})
    found.ended, found.outcome = found.ended or min(clock.now(), found.until), said
    found.save(update_fields=["ended", "outcome"])
    return stop_row(found)


def _open(grant: Grant, number: str) -> Stop:
    own = Stop.objects.filter(officer=grant.officer, number=number, ended=None, until__gt=clock.now())
    found = own.first()
    if found is None or PURPOSE_OF[found.kind] is not grant.purpose:
        raise NotPossible("You have no such stop or call open; start one.")
    return found


def _born(grant: Grant, born: date, words: list[str]) -> "QuerySet[Person]":
    clearance = grant.over(Dataset.PEOPLE)
    people: QuerySet[Person] = Person.objects.within(clearance).filter(birth_date=born)
    for word in set(words):
        spelled = NameWord.objects.within(clearance).filter(word=word)
        people = people.filter(pk__in=spelled.values("person_id"))
    return people.order_by("family", "given", "id")


def _is_called(grant: Grant, person: Person, words: list[str]) -> bool:
    # The whole of one name, not parts of several.
    names = PersonName.objects.within(grant.over(Dataset.PEOPLE)).filter(person=person)
    return any(sorted(name_words(f"{name.given} {name.family}")) == sorted(words) for name in names)
