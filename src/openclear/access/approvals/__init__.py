"""Acts that need a second person: proposed by one, seen and approved by another."""
