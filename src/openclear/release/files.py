"""The files of the public folder: what is in it may be read by every user of the machine, so by the public site's own."""

from pathlib import Path

_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


def open_to_all(place: Path) -> None:
    """Let everyone read a public file, or a folder with all that is in it, whatever the process's umask is."""
    for path in (place, *(place.rglob("*") if place.is_dir() else ())):
        if path.is_file() or path.is_dir():
            path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
