"""Handling labels: what makes a row more than an ordinary record. Stored as one integer per row."""

from collections.abc import Iterable
from enum import IntFlag


class Label(IntFlag):
    """One bit per label. A row is hidden when any of its bits is refused: `labels & refused != 0`.

    Bits are stored, so their meaning never changes. What a city's law says about each is in its profile
    (`[sources]`); intelligence is 28 CFR 23.
    """

    JUVENILE = 1
    VICTIM = 2
    SEALED = 4
    EXPUNGED = 8
    INFORMANT = 16
    MEDICAL = 32
    INTELLIGENCE = 64
    GANG = 128
    DOMESTIC = 256
    SEXUAL_ASSAULT = 512


NO_LABEL = Label(0)
EVERY_LABEL = Label(sum(label.value for label in Label))


def label_name(label: Label) -> str:
    """Return the name that policies and documents use for one label: `sexual-assault`."""
    return str(label.name).lower().replace("_", "-")


def united(labels: Iterable[Label]) -> Label:
    """Return `labels` combined as one mask."""
    mask = NO_LABEL
    for label in labels:
        mask |= label
    return mask
