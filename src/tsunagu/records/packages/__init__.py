"""Packages as folders: a manifest that is signed, and the files that it names."""
