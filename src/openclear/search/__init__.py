"""Searching: what the words of the one box mean, the rows of one search, and all of them, chunk by chunk."""
