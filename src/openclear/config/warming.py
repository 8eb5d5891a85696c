"""What the first pages would otherwise load or compile while somebody waits for them: loaded before a connection is accepted."""

from pathlib import Path

from django.conf import settings
from django.template import engines
from django.urls import get_resolver
from django.utils import translation

from openclear.access.gate.decide import policies
from openclear.vocabulary.without_grant import without_grant


@without_grant("sets a process up; reads no record")
def load_what_pages_need() -> None:
    """Load the rules, and for each language the catalog, the addresses and every template of the pages.

    Raises TemplateSyntaxError for a template that cannot be compiled: better now than in front of an officer.
    """
    policies()
    names = sorted(_templates())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Search")
            get_resolver().resolve("/")
    engine = engines["django"]
    for name in names:
        engine.get_template(name)


def _templates() -> set[str]:
    folders = [Path(folder) for engine in engines.all() for folder in engine.dirs]
    return {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html")}
