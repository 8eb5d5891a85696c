"""Incidents: their offenses, and the role of each person."""
