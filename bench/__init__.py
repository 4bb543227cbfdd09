"""Measurements against peers in the same run. Each module prints a table, or JSON with `--json`."""
