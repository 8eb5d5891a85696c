"""What one keeps: exports, alerts, links."""
