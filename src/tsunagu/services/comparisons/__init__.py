"""Comparisons that one installation asks of another: of contents, without where they lie."""
