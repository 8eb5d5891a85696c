"""The city's published crimes, "Crimes - 2001 to Present", as CSV, CSV.gz or Parquet."""
