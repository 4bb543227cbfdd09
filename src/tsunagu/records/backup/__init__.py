"""Backups: every row in one consistent copy, encrypted before it is written, and a signed list of its files."""
