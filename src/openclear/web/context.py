"""What every page shows around its answer: who is signed in, demo mode, the languages."""

from typing import Any

from django.http import HttpRequest

from openclear.audit.queries import is_demo


def page_facts(request: HttpRequest) -> dict[str, Any]:
    """Return the facts of the page's frame; nothing of a record."""
    return {"demo": is_demo(), "officer_name": request.session.get("officer_name", "")}
