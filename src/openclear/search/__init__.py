"""Searching: what the words in the search box mean, the rows of one search, and all of its rows, chunk by chunk."""
