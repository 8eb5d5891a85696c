"""The public portal: map, trends, transparency, downloads. Reads only `release`."""
