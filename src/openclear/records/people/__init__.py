"""People: names, addresses, identifiers."""
