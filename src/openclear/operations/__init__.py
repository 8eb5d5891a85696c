"""Setting up, upgrading and starting a city, and the processes alongside it."""
