"""Setting a city up, bringing it up to date, starting it, and what works beside it."""
