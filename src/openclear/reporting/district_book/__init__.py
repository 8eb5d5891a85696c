"""The monthly district book: its figures, charts and pages."""
