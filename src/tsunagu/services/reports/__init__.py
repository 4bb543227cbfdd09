"""Incoming reports: entered, read, acted upon, answered, and erased."""
