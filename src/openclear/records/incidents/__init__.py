"""Incidents: offenses, and who had which part."""
