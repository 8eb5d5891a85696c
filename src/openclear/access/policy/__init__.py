"""The rules and what they rest on, pure: facts in, verdicts and their rules out. Knows no database and no Django."""
