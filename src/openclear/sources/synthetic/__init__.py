"""An invented city: the same people, streets and incidents for the same seed, at any size."""
