"""Arrests and charges."""
