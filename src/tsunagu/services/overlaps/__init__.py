"""Overlaps: new holdings compared with all that is held, and what both sides are told and say of it."""
