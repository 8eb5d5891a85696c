"""Who may look at what, and why: the gate, the orders, the barrier, the registry."""
