"""Agencies and who is tied to them."""
