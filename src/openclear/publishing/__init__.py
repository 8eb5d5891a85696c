"""Public editions: made from records late, by block, without small counts, and written through `release`."""
