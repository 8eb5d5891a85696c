"""Boundaries of the city, as they were on each day."""
