"""Marks a public function that takes no grant (design, law 1), with the reason."""

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function")


def without_grant(reason: str) -> Callable[[Function], Function]:  # noqa: ARG001 - read in the source, by people and a test
    """Return a decorator that leaves the function unchanged. `reason`: why no grant is required."""
    return _unchanged


def _unchanged(function: Function) -> Function:
    return function
