"""What the public may have: editions, outlines, statements. Written from above, read by the public site."""
