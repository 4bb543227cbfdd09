"""Tsunagu: links what different people hold about the same abused child, so that the child is found sooner."""
