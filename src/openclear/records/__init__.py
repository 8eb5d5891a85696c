"""The warehouse: people, incidents, arrests, vehicles, cases. Rows leave only under a grant."""
