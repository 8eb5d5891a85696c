"""What leaves later or in bulk: exports, alerts, links. Each is decided again at every use."""
