"""Stops and calls that an officer on patrol starts."""
