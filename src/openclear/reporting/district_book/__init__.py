"""The monthly district book: its figures, its charts, its pages."""
