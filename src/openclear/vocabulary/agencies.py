"""Agency paths such as `us.dhs.ice.ero`: the name is the path in the tree, root first."""

import re
from collections.abc import Iterable
from enum import StrEnum

from openclear.vocabulary.errors import WrongUsage

AgencyPath = str
_SEGMENT = r"[a-z][a-z0-9-]{0,30}"
_PATH = re.compile(rf"{_SEGMENT}(\.{_SEGMENT}){{0,9}}")


class AgencyKind(StrEnum):
    """What an agency is."""

    CITY = "city"
    COUNTY = "county"
    STATE = "state"
    FEDERAL = "federal"
    TASK_FORCE = "task-force"
    VENDOR = "vendor"
    OVERSIGHT = "oversight"


class TieKind(StrEnum):
    """How a person is tied to an agency. A city may use other words: the gate treats every tie alike."""

    EMPLOYER = "employer"
    TASK_FORCE = "task-force"
    DETAIL = "detail"
    CONTRACTOR = "contractor"


def agency_path(text: str) -> AgencyPath:
    """Return `text` as an agency path. Raises WrongUsage if it is not one."""
    if not _PATH.fullmatch(text):
        message = f"'{text}' is not an agency path; write it root first, such as us.dhs.ice."
        raise WrongUsage(message)
    return text


def chain(path: AgencyPath) -> tuple[AgencyPath, ...]:
    """Return `path` and all agencies above it, root first: `us`, `us.dhs`, `us.dhs.ice`."""
    parts = path.split(".")
    return tuple(".".join(parts[: depth + 1]) for depth in range(len(parts)))


def chains(paths: Iterable[AgencyPath]) -> tuple[AgencyPath, ...]:
    """Return every agency on every chain of `paths`, once each, sorted."""
    return tuple(sorted({link for path in paths for link in chain(path)}))


def is_within(path: AgencyPath, ancestor: AgencyPath) -> bool:
    """Say whether `path` is `ancestor` or below it."""
    return path == ancestor or path.startswith(ancestor + ".")
