"""Why a decision was made, now or on a past day, and whether an agency could have seen a record. See `explain`, `could_see`."""

from openclear.access.explanations.could_see import CouldHaveSeen, Handled, PartSeen, could_have_seen
from openclear.access.explanations.days import day_of
from openclear.access.explanations.explain import Explanation, HiddenClass, Question, explain

__all__ = [
    "CouldHaveSeen",
    "Explanation",
    "Handled",
    "HiddenClass",
    "PartSeen",
    "Question",
    "could_have_seen",
    "day_of",
    "explain",
]
