"""Erasures: decided, carried out everywhere, proven, and done again after a restore."""
