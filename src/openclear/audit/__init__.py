"""The tamper-evident log. Knows nobody above it: agencies, people and rows are only words here."""
