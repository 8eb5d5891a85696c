"""Exports: requested, made by a job, fetched in ranges. The gate decides each step again; an order ends all of them.

`commands`, `queries` and `fetch` do this.
"""

from openclear.delivery.exports.commands import end_export, expire, request_export, request_report
from openclear.delivery.exports.fetch import open_part
from openclear.delivery.exports.queries import fetches_of, own_export, own_exports

__all__ = [
    "end_export", "expire", "fetches_of", "open_part", "own_export", "own_exports", "request_export", "request_report",
]  # fmt: skip
