"""Cases: registered, shared, confirmed."""
