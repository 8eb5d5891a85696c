"""What was asked, as the private part of an entry keeps it: every filter that was filled in, by its own name.

One function for page, API, export, alert, link and command, so that a filter added later is logged automatically.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

_LEFT_OUT = ("", None)


def facts_of(question: object | None) -> dict[str, Any]:
    """Return the fields of a question that were filled in; days as `2019-07-12`. `question`: a frozen row or a mapping."""
    if question is None:
        return {}
    if isinstance(question, Mapping):
        given = dict(question)
    elif is_dataclass(question):
        given = {item.name: getattr(question, item.name) for item in fields(question)}
    else:
        message = f"{type(question).__name__} is not a question: neither a frozen row nor a mapping."
        raise TypeError(message)
    return {name: _told(value) for name, value in given.items() if value not in _LEFT_OUT}


def search_facts(text: str, filters: object | None = None, **more: object) -> dict[str, Any]:
    """Return what a search asked: its words, its filters, and what else was sent (page, number of rows, format)."""
    return {"query": text, "filters": facts_of(filters), **facts_of(more)}


def figures_facts(filters: object | None = None, **more: object) -> dict[str, Any]:
    """Return what figures were asked for: what is counted, by what, and what else was sent."""
    return {"figures": {**facts_of(filters), **facts_of(more)}}


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
