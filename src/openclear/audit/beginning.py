"""Entry 0, verified: what the audit database says about it counts only if another source vouches for it.

The log's writer vouches for it from its verified memory, and the police database by the leaf hash stored when the
city was set up. Anyone who can write only the audit database can change neither.
"""

import json
import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit import log
from openclear.audit.errors import BrokenLog, LogUnavailable, OtherBeginning
from openclear.audit.models import Entry, KnownLog
from openclear.audit.proof.merkle import leaf_hash
from openclear.vocabulary.without_grant import without_grant

DATABASE, POLICE = "audit", "default"
ONLY = 1
alarm = logging.getLogger("openclear.alarm")
# Entry 0 of each log, once it was checked: it never changes.
_checked: dict[Path, dict[str, Any]] = {}


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def genesis(folder: Path) -> dict[str, Any]:
    """Return entry 0, checked: demo mode or not, origin, key. It never changes, so a process checks it once.

    Raises BrokenLog if the log in `folder` has none, OtherBeginning if it is not the one that this city began with,
    LogUnavailable if nothing can vouch for it.
    """
    if folder not in _checked:
        facts, leaf = _stored(folder)
        if not _may_be_kept(leaf, demo=bool(facts["demo"])):
            return facts
        _checked[folder] = facts
    return _checked[folder]


@without_grant("public: every page says whether this is a demonstration")
def is_demo() -> bool:
    """Say whether this city was set up for demonstration, where naming a person is enough.

    Raises BrokenLog if there is no log. An entry 0 that nothing vouches for does not make a demonstration.
    """
    try:
        return bool(genesis(settings.LOG_FOLDER)["demo"])
    except OtherBeginning as error:
        alarm.critical("%s", error)
        return False
    except LogUnavailable:
        return False


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def known() -> KnownLog | None:
    """Return which log the police database knows, or None if it knows none yet."""
    return KnownLog.objects.using(POLICE).filter(pk=ONLY).first()


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def keep_known() -> None:
    """Store in the police database which log this is, if it is not stored yet. Raises LogUnavailable."""
    if known() is None:
        key, leaf = log.beginning()
        KnownLog.objects.using(POLICE).get_or_create(pk=ONLY, defaults={"key": key, "leaf": leaf})


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def forget() -> None:
    """Forget what was checked: the city is deleted."""
    _checked.clear()


def _stored(folder: Path) -> tuple[dict[str, Any], str]:
    entry = Entry.objects.using(DATABASE).filter(index=0).first()
    if entry is None:
        message = f"There is no log in {folder}; run openclear init first."
        raise BrokenLog(message)
    # The hash of the bytes, not the stored one, which is in the same table.
    header = bytes(entry.header)
    try:
        return dict(json.loads(header)["genesis"]), leaf_hash(header).hex()
    except (ValueError, KeyError, TypeError):
        raise OtherBeginning from None


def _may_be_kept(leaf: str, *, demo: bool) -> bool:
    # False: only the police database vouches for a demonstration, because the writer does not respond right now. A
    # real city need not wait for the writer: being treated as one opens nothing.
    here = known()
    if here and here.leaf != leaf:
        raise OtherBeginning
    if here and not demo:
        return True
    try:
        if log.beginning()[1] != leaf:
            raise OtherBeginning
    except LogUnavailable:
        if here is None:
            raise
        return False
    return True
