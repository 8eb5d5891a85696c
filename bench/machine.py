"""What the machine itself made everybody wait for while something was measured, as its kernel counts it."""

from pathlib import Path


def waits() -> tuple[float, float]:
    """Return the seconds, since the machine started, that somebody waited for its disk and that its host took its cores away.

    Of Linux: /proc/pressure/io ("some", Documentation/accounting/psi.rst) and the steal column of /proc/stat (proc(5)), in
    hundredths of a second over all cores. Nothing elsewhere.
    """
    return _disk(Path("/proc/pressure/io")), _stolen(Path("/proc/stat"))


def _disk(pressure: Path) -> float:
    try:
        return int(pressure.read_text().split()[4].partition("=")[2]) / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def _stolen(stat: Path) -> float:
    try:
        return int(stat.read_text().split("\n", 1)[0].split()[8]) / 100
    except (OSError, ValueError, IndexError):
        return 0.0
