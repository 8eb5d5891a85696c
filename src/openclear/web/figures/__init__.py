"""Figures and books."""
