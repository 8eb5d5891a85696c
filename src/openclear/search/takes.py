"""By what a kind of record is found, said where nothing was: a text that cannot find anything is told so."""

from openclear.records.kind import RecordKind
from openclear.records.kinds import search_of
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

CANNOT = "%(kind)s cannot be found by these words."


@without_grant("reads nothing: it says what a search takes")
def hint_of(kind: RecordKind, text: str) -> str:
    """Return, in English, why a search for `text` found nothing: what this kind is found by."""
    words = city().words_in("en")
    takes = kind.words["takes"] % {"incident": words.incident_number, "arrest": words.arrest_number}
    if search_of(kind).takes(text):
        return f"Nothing was found. {takes}"
    return f"{CANNOT % {'kind': kind.words['title']}} {takes}"


@without_grant("reads nothing: it parses what was typed")
def check_takes(kind: RecordKind, text: str) -> None:
    """Raise WrongUsage if this kind cannot be found by `text`: an export would be empty, an alert would never tell anything.

    So it does for a text that cannot be read, such as a birth on 30 February: now, and not in the job.
    """
    search_of(kind).read(text)
    if text.strip() and not search_of(kind).takes(text):
        raise WrongUsage(hint_of(kind, text))
