"""The tamper-evident log. It knows no room above it: agencies, people and rows are only words here."""
