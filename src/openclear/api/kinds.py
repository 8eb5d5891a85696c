"""Search and view of every kind of record, made from its declaration."""

from collections.abc import Iterator
from dataclasses import Field, asdict, fields
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_type_hints
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field as Described
from ninja import NinjaAPI, Query
from pydantic import create_model

from openclear.access.gate.paging import offset_of, page_facts, page_token
from openclear.api import render, schemas
from openclear.api.asking import open_reasoned
from openclear.records.found import records_in
from openclear.records.kind import RecordKind
from openclear.records.kinds import SEARCHED, search_of
from openclear.search.find import DEEPEST, find, open_record
from openclear.search.takes import hint_of
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.grants import Grant

PROBLEMS = {400: schemas.Problem, 401: schemas.Problem, 403: schemas.Problem, 404: schemas.Problem}


def add_kinds(api: NinjaAPI) -> None:
    """Add the two routes of every searchable kind."""
    for name, kind in SEARCHED.items():
        known = search_of(kind).filters
        search = _search(kind, known)
        search.__name__ = f"search_{name}"
        search.__doc__ = kind.words["found by"]
        api.get(
            f"/{name}",
            response={200: _found(kind), **PROBLEMS},
            summary=kind.words["find"],
            url_name=f"search_{name}",
        )(search)
        view = _view(kind)
        view.__name__ = f"view_{kind.noun}"
        view.__doc__ = kind.words["shows"]
        api.get(
            f"/{name}/{{record}}",
            response={200: schemas.OneRecord, **PROBLEMS},
            summary=kind.words["open"],
            url_name=f"view_{kind.noun}",
        )(view)


def _search(kind: RecordKind, known: type[Any] | None) -> Any:
    asked = _query(kind, known)

    def search(request: HttpRequest, query: Query[asked]) -> HttpResponse:  # type: ignore[valid-type] # created at start
        return _answer(request, query, kind, known)

    return search


def _view(kind: RecordKind) -> Any:
    def view(request: HttpRequest, record: UUID, query: Query[schemas.ViewQuery]) -> HttpResponse:
        grant = open_reasoned(request, kind.view_action, query, record=str(record))
        return one(grant, open_record(grant, kind=kind, record=record), record)

    return view


def one(grant: Grant, row: Any, record: UUID) -> HttpResponse:
    """Release one record, or the answer that there is none."""
    if row is None:
        return grant.release(render.absent())
    return grant.release(render.answer({"result": asdict(row)}, grant), shown=records_in(record, row))


def _answer(request: HttpRequest, query: Any, kind: RecordKind, known: type[Any] | None) -> HttpResponse:
    question = query.dict(exclude={"page"})
    filters = known(**{item.name: question[item.name] for item in fields(known)}) if known else None
    asked = search_facts(query.q, filters, limit=query.limit, **page_facts(query.page))
    grant = open_reasoned(request, kind.list_action, query, **asked)
    offset = offset_of(grant, question, query.page)
    found = find(grant, kind=kind, text=query.q, filters=filters, limit=query.limit, offset=offset)
    beyond = offset + len(found.rows)
    more = found.rows and found.count > beyond and beyond < DEEPEST
    next_page = _next_page(request, page_token(grant, question, offset=beyond)) if more else ""
    hint = "" if found.count else hint_of(kind, query.q)
    return grant.release(render.found(found, grant, next_page, hint), shown=records_in(found.rows))


def _next_page(request: HttpRequest, token: str) -> str:
    asked = request.GET.copy()
    asked["page"] = token
    return f"{request.path}?{asked.urlencode()}"


def _query(kind: RecordKind, known: type[Any] | None) -> type[schemas.SearchQuery]:
    text = Described("", max_length=200, description="search words", examples=[kind.words["example"]])
    narrowing = dict(_narrowing(known)) if known else {}
    made: type[schemas.SearchQuery] = create_model(
        f"{str(kind.dataset).capitalize()}Query",
        __base__=schemas.SearchQuery,
        __doc__=f"A search for {kind.dataset}.",
        q=(str, text),
        **narrowing,
    )
    return made


def _narrowing(known: type[Any]) -> Iterator[tuple[str, Any]]:
    for item in fields(known):
        yield item.name, (_type(item), item.default)


def _type(item: "Field[Any]") -> Any:
    facts = item.metadata
    examples = [facts["example"]] if "example" in facts else None
    if "choices" in facts:
        return Literal["", *facts["choices"]]
    if date in get_args(item.type):
        return Annotated[date | None, Described(examples=examples)]
    if item.type is str:
        pattern = rf"^({facts['pattern']})?$" if "pattern" in facts else None
        return Annotated[str, Described(pattern=pattern, max_length=facts["longest"], examples=examples)]
    return item.type


def _found(kind: RecordKind) -> type[schemas.Found]:
    hints = get_type_hints(kind.row)
    columns: dict[str, Any] = {item.name: (shown(item, hints[item.name]), ...) for item in fields(kind.row)}
    noun = kind.noun.capitalize()
    row = create_model(
        f"{noun}Schema",
        __base__=schemas.FoundRow,
        __doc__=f"One {kind.noun} in a list of results.",
        **columns,
    )
    made: type[schemas.Found] = create_model(
        f"{str(kind.dataset).capitalize()}Found",
        __base__=schemas.Found,
        __doc__=f"{str(kind.dataset).capitalize()} that a search found.",
        results=(list[row], ...),  # type: ignore[valid-type] # created at start
    )
    return made


def shown(item: "Field[Any]", hint: Any) -> Any:
    """Return the type of one field of a row as the API describes it, with its example."""
    if item.name == "id":
        return schemas.RecordId
    example = item.metadata.get("example")
    return Annotated[hint, Described(examples=[example])] if example else hint
