"""Who has access: agencies, people, ties, agreements, and the acts that change them, one at a time."""
