"""The public portal: map, trends, transparency, downloads. Reads `release` and nothing else."""
