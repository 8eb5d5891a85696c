"""The officer site: thin pages over the gate and the queries."""
