"""Submissions: items of a series sent to another agency of this installation, and taken there as a case."""
