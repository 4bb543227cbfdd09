"""Figures of an agency: what it was told of outcomes, counted and frozen."""
