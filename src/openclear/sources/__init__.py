"""Importing records: one folder for each source."""
