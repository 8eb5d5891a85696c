"""Searching and reading records."""
