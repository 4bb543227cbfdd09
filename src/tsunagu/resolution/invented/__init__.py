"""Invented people: the customers of a shop that never was, with the truth about them, for tests and demonstrations."""
