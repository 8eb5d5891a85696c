"""The mark of a public function that stands behind no grant (design, law 1), with the reason."""

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function")


def without_grant(reason: str) -> Callable[[Function], Function]:  # noqa: ARG001 - read in the source, by people and a test
    """Return what leaves a function as it is: nothing is added that a call would pay for. `reason`: why no grant is required."""
    return _unchanged


def _unchanged(function: Function) -> Function:
    return function
