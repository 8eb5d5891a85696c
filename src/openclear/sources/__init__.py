"""Bringing records in: one folder for each source."""
