"""Seized lists: brought in under seal, and their rows compared, reviewed and placed."""
