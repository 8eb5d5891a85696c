"""Public editions: made from records after a delay, by block, without small counts, and written through `release`."""
