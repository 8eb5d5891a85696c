"""Benchmarks: `./run bench NAME`, each a ratio to a yardstick measured in the same run."""
