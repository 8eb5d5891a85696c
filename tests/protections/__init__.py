"""Each protection against a route back, taken out of a copy of the source: its test has to fail without it.

`python -m tests.protections [NUMBER ...]`; the numbers are those of the routes in docs/bypasses.md, `out` is the table of ways out.
"""
