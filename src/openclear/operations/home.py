"""Who may read the home: only the user that the program runs as, except for public files."""

import os
import stat
from pathlib import Path

from django.conf import settings

from openclear.release.files import open_to_all
from openclear.vocabulary.without_grant import without_grant

# Private to the owner: files are 0600, folders 0700.
_OF_OTHERS = 0o077
_WRITTEN_BY_GROUP, _OF_ALL = 0o020, 0o007


@without_grant("runs as the city itself, when a process starts")
def close_home() -> int:
    """Remove other users' access, given by a wider umask, in `police/`, `log/` and `keys/`; return the number of files changed.

    `public/` is for everyone to read. Files of another user are left as they are.
    """
    home: Path = settings.CONFIGURATION.home
    # A group may pass through it to `public/`, if the operator allowed it (docs/operations.md).
    _close(home, _WRITTEN_BY_GROUP | _OF_ALL)
    open_to_all(settings.PUBLIC_FOLDER)
    folders = (settings.POLICE_FOLDER, settings.LOG_FOLDER, settings.KEYS_FOLDER)
    return sum(_close(path) for folder in folders for path in (folder, *folder.rglob("*")))


def _close(path: Path, others: int = _OF_OTHERS) -> bool:
    try:
        found = path.lstat()
        # A symbolic link has no mode; its target may be elsewhere.
        if stat.S_ISLNK(found.st_mode) or not found.st_mode & others or found.st_uid != os.geteuid():
            return False
        path.chmod(stat.S_IMODE(found.st_mode) & ~others)
    except FileNotFoundError:  # a draft or a journal that no longer exists
        return False
    return True
