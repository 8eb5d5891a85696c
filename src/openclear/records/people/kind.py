"""People, declared as a kind of record."""

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.incidents.models import Involvement
from openclear.records.kind import NO, PERHAPS, PROBABLY, Pages, RecordKind, Sealed, Search
from openclear.records.people import queries
from openclear.records.people.models import Address, Identifier, NameWord, Person, PersonName
from openclear.records.people.pages import person_page
from openclear.records.people.rows import PeopleFilter, PersonPart, PersonRow
from openclear.records.people.rules import births_in, name_reasons, split_query
from openclear.records.rules import block_of
from openclear.records.vehicles.rules import is_like_a_plate
from openclear.vocabulary.actions import Action, Dataset


def _recognizes(text: str) -> int:
    # One word with a digit in it is a plate or a block; a name may follow a house number.
    plain = block_of(text)
    numbered = plain[:1].isdigit()
    if not split_query(text)[0] or (len(plain.split()) == 1 and (numbered or is_like_a_plate(plain))):
        return NO
    return PERHAPS if numbered else 3 * PROBABLY


PEOPLE = RecordKind(
    dataset=Dataset.PEOPLE,
    noun="person",
    list_action=Action.PERSON_SEARCH,
    view_action=Action.PERSON_VIEW,
    model=Person,
    row=PersonRow,
    within=queries.within,
    rows=queries.rows,
    detail=queries.detail,
    search=Search(
        recognizes=_recognizes,
        key=lambda text: " ".join(queries.words_of(text)),
        matching=queries.matching,
        order=("family", "given", "birth_date", "id"),
        takes=lambda text: bool(queries.words_of(text)),
        reasons=lambda text, row: name_reasons(queries.words_of(text), births_in(text), row),
        filters=PeopleFilter,
        by_rank=queries.ranked,
        read=births_in,
    ),
    pages=Pages(asked=PersonPart, query=person_page),
    tables={"person": Person, "name": PersonName, "identifier": Identifier, "address": Address},
    sealed=Sealed(
        rows=(
            (PersonName, "person"),
            (NameWord, "person"),
            (Identifier, "person"),
            (Address, "person"),
            (Involvement, "person"),
            (Arrest, "person"),
            (Charge, "arrest__person"),
        ),
        derived=(
            "vehicle: the registered owner",
            "property: the owner",
            "incident: arrest_made, and the filter by it",
            "figures and editions: whether an arrest was made",
        ),
        moment="arrests__person",
        arrests="person",
    ),
    words={
        "title": "People",
        "find": "Search people by name",
        "found by": "Each word begins a name or sounds like one; a birth date or year narrows. Needs an open case.",
        "takes": "People are found by words of a name, of two letters or more; a birth date or year narrows.",
        "example": "smyth jon 1985",
        "open": "Open one person",
        "shows": "Names, descriptors, addresses, involvements, arrests, vehicles, as far as the requester may see them.",
    },
)
