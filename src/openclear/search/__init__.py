"""Finding for later and for many: exports, alerts, links. Each is decided again at every use."""
