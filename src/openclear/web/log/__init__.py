"""The log, and what was asked in one's name."""
