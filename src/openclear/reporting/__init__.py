"""Reports on paper: the monthly district book."""
