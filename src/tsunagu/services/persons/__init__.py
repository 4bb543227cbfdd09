"""Persons of a case: by number, who they are, and how they are taken out of it."""
