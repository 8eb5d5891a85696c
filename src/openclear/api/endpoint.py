"""An endpoint as a route of the API: parse, ask the gate, query, render, release."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, get_type_hints

from django.http import HttpRequest, HttpResponse
from ninja import Field as Described
from ninja import NinjaAPI, Query, Schema
from pydantic import create_model

from openclear.api import render, schemas
from openclear.api.asking import asker_by_token, open_question
from openclear.api.kinds import PROBLEMS, shown
from openclear.vocabulary.endpoint import Door, Endpoint


def add_endpoint(api: NinjaAPI, endpoint: Endpoint) -> None:
    """Add the route of an endpoint."""
    answer = _with_parameters(endpoint) if fields(endpoint.params) else _without(endpoint)
    answer.__name__, answer.__doc__ = route_of(endpoint), endpoint.words["description"]
    api.get(
        f"/{endpoint.doors[Door.API]}",
        response={200: _answered(endpoint), **PROBLEMS},
        summary=endpoint.words["summary"],
        url_name=route_of(endpoint),
    )(answer)


def route_of(endpoint: Endpoint) -> str:
    """Return the name of an endpoint's route."""
    name = endpoint.name.replace("-", "_")
    return f"list_{name}" if endpoint.is_list else name


def _with_parameters(endpoint: Endpoint) -> Any:
    asked_as = query_of(endpoint.name, endpoint.params)

    def answer(request: HttpRequest, query: Query[asked_as]) -> HttpResponse:  # type: ignore[valid-type] # created at start
        return _answer(request, query.dict(), endpoint)  # type: ignore[attr-defined] # as above

    return answer


def _without(endpoint: Endpoint) -> Any:
    # The framework requires a field for every query schema.
    def answer(request: HttpRequest) -> HttpResponse:
        return _answer(request, {}, endpoint)

    return answer


def _answer(request: HttpRequest, sent: Mapping[str, Any], endpoint: Endpoint) -> HttpResponse:
    asked = endpoint.asked(sent)
    action, purpose = endpoint.act_for(asker_by_token(request).officer, asked)
    grant = open_question(request, action, purpose, **endpoint.facts(asked))
    answer = endpoint.query(grant, asked)
    told = {"results": [endpoint.told(row) for row in answer]} if endpoint.is_list else endpoint.told(answer)
    return grant.release(render.answer(told, grant), shown=endpoint.shown(answer))


def query_of(name: str, params: type[Any]) -> Any:
    """Return the schema of a request with these parameters."""
    columns: dict[str, Any] = {}
    for item in fields(params):
        facts = item.metadata
        if facts.get("day"):
            columns[item.name] = (Annotated[date | None, Described(examples=[facts["example"]])], None)
            continue
        bounds = {"ge": 1, "le": facts["most"]} if item.type is int else {"max_length": facts["longest"]}
        # Ellipsis: pydantic's marker for a required field.
        columns[item.name] = (
            Annotated[item.type, Described(examples=[facts["example"]], **bounds)],
            ... if facts.get("needed") else item.default,
        )
    return create_model(f"{_titled(name)}Query", __base__=Schema, __doc__=params.__doc__, **columns)


def _titled(name: str) -> str:
    return name.title().replace("-", "")


def _answered(endpoint: Endpoint) -> Any:
    hints = get_type_hints(endpoint.row)
    columns: dict[str, Any] = {
        item.name: (shown(item, hints[item.name]), ...) for item in fields(endpoint.row)
    }
    receipt: dict[str, Any] = {"receipt": (schemas.ReceiptSchema, ...)}
    text = endpoint.row.__doc__
    if not endpoint.is_list:
        return create_model(endpoint.row.__name__, __base__=Schema, __doc__=text, **columns, **receipt)
    # Named after the question: two questions can list rows of one kind.
    row = create_model(f"{_titled(endpoint.name)}Row", __base__=Schema, __doc__=text, **columns)
    return create_model(
        f"{_titled(endpoint.name)}Found",
        __base__=Schema,
        __doc__=endpoint.words["description"],
        results=(list[row], ...),  # type: ignore[valid-type] # created at start
        **receipt,
    )
