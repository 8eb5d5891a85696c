"""Saved work: exports, alerts, links."""
