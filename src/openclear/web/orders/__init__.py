"""Orders: proposed, approved, changed, lifted."""
