"""Boundaries of beats, districts, community areas and wards, as cities publish them: GeoJSON."""
