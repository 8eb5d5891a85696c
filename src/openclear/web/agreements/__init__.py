"""Agreements with partner agencies."""
