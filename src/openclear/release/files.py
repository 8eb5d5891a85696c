"""The files of the public folder: every user of the machine may read them, including the public site's."""

from pathlib import Path

_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


def open_to_all(place: Path) -> None:
    """Let everyone read a public file, or a folder with everything in it, regardless of the umask."""
    for path in (place, *(place.rglob("*") if place.is_dir() else ())):
        if path.is_file() or path.is_dir():
            path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
