"""An endpoint as a route of the API: parse, ask the gate, query, render, release."""

from dataclasses import asdict, fields
from typing import Annotated, Any, get_type_hints

from django.http import HttpRequest, HttpResponse
from ninja import Field as Described
from ninja import NinjaAPI, Query, Schema
from pydantic import create_model

from openclear.api import render, schemas
from openclear.api.asking import open_at_own_desk
from openclear.api.kinds import PROBLEMS, shown
from openclear.vocabulary.endpoint import Endpoint


def add_endpoint(api: NinjaAPI, endpoint: Endpoint) -> None:
    """Add the route of an endpoint that is asked at one's own desk."""
    asked_as = _query(endpoint)

    def answer(request: HttpRequest, query: Query[asked_as]) -> HttpResponse:  # type: ignore[valid-type] # made at start
        return _answer(request, query, endpoint)

    answer.__name__, answer.__doc__ = f"list_{endpoint.name}", endpoint.words["description"]
    api.get(
        f"/{endpoint.name}",
        response={200: _listed(endpoint), **PROBLEMS},
        summary=endpoint.words["summary"],
        url_name=f"list_{endpoint.name}",
    )(answer)


def _answer(request: HttpRequest, query: Any, endpoint: Endpoint) -> HttpResponse:
    asked = endpoint.asked(query.dict())
    grant = open_at_own_desk(request, endpoint.action, **endpoint.facts(asked))
    rows = endpoint.query(grant, asked)
    listed = render.answer({"results": [asdict(row) for row in rows]}, grant)
    return grant.release(listed, shown=[row.id for row in rows])


def _query(endpoint: Endpoint) -> Any:
    columns: dict[str, Any] = {}
    for item in fields(endpoint.params):
        facts = item.metadata
        bounds = {"ge": 1, "le": facts["most"]} if item.type is int else {"max_length": facts["longest"]}
        columns[item.name] = (
            Annotated[item.type, Described(examples=[facts["example"]], **bounds)],
            item.default,
        )
    name = endpoint.params.__name__
    return create_model(name, __base__=Schema, __doc__=endpoint.params.__doc__, **columns)


def _listed(endpoint: Endpoint) -> Any:
    hints = get_type_hints(endpoint.row)
    columns: dict[str, Any] = {
        item.name: (shown(item, hints[item.name]), ...) for item in fields(endpoint.row)
    }
    row = create_model(
        f"{endpoint.row.__name__}Schema", __base__=Schema, __doc__=endpoint.row.__doc__, **columns
    )
    return create_model(
        f"{endpoint.name.capitalize()}Found",
        __base__=Schema,
        __doc__=endpoint.words["description"],
        results=(list[row], ...),  # type: ignore[valid-type] # made at start
        receipt=(schemas.ReceiptSchema, ...),
    )
