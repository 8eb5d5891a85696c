"""Stops and calls that officers on patrol start at the desk."""
