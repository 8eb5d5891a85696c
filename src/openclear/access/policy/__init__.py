"""The rules and their facts, pure: facts in, verdicts and their rules out. Knows no database and no Django."""
