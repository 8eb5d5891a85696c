"""The search box: which kinds of record its words can mean. Each kind says how sure it is that it recognizes them."""

from openclear.records.kind import SURELY, RecordKind
from openclear.records.kinds import SEARCHED, search_of
from openclear.records.people.kind import PEOPLE
from openclear.vocabulary.without_grant import without_grant


@without_grant("parses what was typed; reads nothing")
def kinds_of(text: str) -> tuple[RecordKind, ...]:
    """Return the kinds of record that the words in the box can mean, most likely first; people if none fits.

    So no kind is searched, and logged, without need.
    """
    surely = {name: search_of(kind).recognizes(text) for name, kind in SEARCHED.items()}
    likely = sorted((name for name in surely if surely[name]), key=lambda name: -surely[name])
    certain = [name for name in likely if surely[name] >= SURELY]
    return tuple(SEARCHED[name] for name in certain or likely) or (PEOPLE,)
