"""Figures on incidents: counts by month, offense, place and hour, on Parquet snapshots that carry every row's labels."""
