"""The one box: which kinds of record its words can mean. Each kind says how surely it recognizes them."""

from openclear.records.kind import SURELY, RecordKind
from openclear.records.kinds import SEARCHED, search_of
from openclear.records.people.kind import PEOPLE
from openclear.vocabulary.without_grant import without_grant


@without_grant("reads nothing: it makes a value of what was typed")
def kinds_of(text: str) -> tuple[RecordKind, ...]:
    """Return the kinds of record that the words of one box can mean, likeliest first; people where none fits.

    So no kind is asked for, and logged, without need.
    """
    surely = {name: search_of(kind).recognizes(text) for name, kind in SEARCHED.items()}
    likely = sorted((name for name in surely if surely[name]), key=lambda name: -surely[name])
    certain = [name for name in likely if surely[name] >= SURELY]
    return tuple(SEARCHED[name] for name in certain or likely) or (PEOPLE,)
