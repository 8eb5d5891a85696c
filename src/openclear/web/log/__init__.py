"""The log, and what was asked in the user's name."""
